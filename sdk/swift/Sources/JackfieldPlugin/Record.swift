// SPDX-License-Identifier: Apache-2.0
// A record as it is read.
import Values

/// One record of a collection.
public struct Record: Sendable {
  public var id: String
  /// What a later write hands back, so that it fails if somebody was faster.
  public var version: Int64
  /// ISO 8601, UTC.
  public var createdAt: String
  /// ISO 8601, UTC.
  public var updatedAt: String
  /// The declared fields alone.
  public var fields: JSONObject

  /// A field, or nil where it is not set.
  public subscript(_ field: String) -> JSONValue? {
    guard let value = fields[field], !value.isNull else { return nil }
    return value
  }

  /// A text field.
  public func text(_ field: String) -> String? { self[field]?.asText }

  init(_ json: JSONValue) {
    id = json["id"]?.asText ?? ""
    version = json["version"]?.asInteger ?? 0
    createdAt = json["created_at"]?.asText ?? ""
    updatedAt = json["updated_at"]?.asText ?? ""
    var fields = JSONObject()
    for (name, value) in json.asObject ?? JSONObject() where !Self.own.contains(name) {
      fields[name] = value
    }
    self.fields = fields
  }

  private static let own: Set<String> = ["id", "version", "created_at", "updated_at"]
}

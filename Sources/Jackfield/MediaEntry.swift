// SPDX-License-Identifier: Apache-2.0
// One entry of a project's gallery.
import Store
import Values

/// A file that a project's actions may send by its name: one that is kept here, or a link.
public struct MediaEntry: Sendable {
  public let name: String
  /// A media type, as `image/png`.
  public let type: String
  /// **Unit**: bytes; nil where it is a link.
  public let bytes: Int64?
  /// Where it is; nil where it is kept here.
  public let url: String?
  /// The blob it is kept as; nil where it is a link.
  public let blob: String?

  init(_ row: RecordRow) {
    name = row.fields["name"]?.asText ?? ""
    type = row.fields["type"]?.asText ?? ""
    bytes = row.fields["bytes"]?.asInteger
    url = row.fields["url"]?.asText
    blob = row.fields["blob"]?.asText
  }

  /// **Shape** `{name, type, bytes?, url?, blob?}`.
  public var value: JSONValue {
    var value: JSONObject = ["name": .text(name), "type": .text(type)]
    if let bytes { value["bytes"] = .integer(bytes) }
    if let url { value["url"] = .text(url) }
    if let blob { value["blob"] = .text(blob) }
    return .object(value)
  }
}

// SPDX-License-Identifier: Apache-2.0
// A body that is too large for a value.
import Values

/// Names bytes that the host keeps in a file, once for each content. The bytes do not travel with
/// it.
///
/// **Shape** as JSON `{blob: "sha256-…", type, bytes, name}`
public struct Blob: Codable, Sendable, Hashable {
  /// The name of the content.
  public var blob: String
  /// A media type.
  public var type: String?
  /// **Unit**: bytes.
  public var bytes: Int?
  /// A file's name.
  public var name: String?

  public init(blob: String, type: String? = nil, bytes: Int? = nil, name: String? = nil) {
    self.blob = blob
    self.type = type
    self.bytes = bytes
    self.name = name
  }

  /// The blob that a value names; nil for any other value.
  public init?(_ value: JSONValue?) {
    guard let blob = value?["blob"]?.asText, blob.hasPrefix("sha256-") else { return nil }
    self.init(
      blob: blob, type: value?["type"]?.asText,
      bytes: value?["bytes"]?.asInteger.flatMap { Int(exactly: $0) }, name: value?["name"]?.asText)
  }

  /// As values hold it.
  public var json: JSONValue {
    var object: JSONObject = ["blob": .text(blob)]
    if let type { object["type"] = .text(type) }
    if let bytes { object["bytes"] = .integer(Int64(bytes)) }
    if let name { object["name"] = .text(name) }
    return .object(object)
  }
}

// SPDX-License-Identifier: Apache-2.0
// The value that names a blob.
import Pipeline
import Store
import Values

/// What a value says of a blob beside its content: a media type and a file's name.
package struct BlobName: Sendable, Hashable {
  package var type: String
  package var name: String

  package static let usualType = "application/octet-stream"
  package static let usualName = "file"
  static let longestType = 100
  /// **Unit** bytes: what file systems take.
  package static let longestName = 255

  package init(type: String, name: String) {
    self.type = type
    self.name = name
  }

  /// What a plugin gives.
  ///
  /// - Throws: `ActionFailure`, `invalid_input`, codes `bad_type`, `bad_name`.
  package init(checkingType type: String, name: String) throws(ActionFailure) {
    let type = type.isEmpty ? Self.usualType : Self.essence(type)
    guard let type else {
      throw ActionFailure(
        .invalidInput, code: "bad_type", message: "the type of a blob is no media type, as image/png")
    }
    guard name.isEmpty || FileName.isSafe(name) else {
      throw ActionFailure(
        .invalidInput, code: "bad_name",
        message: "the name of a blob is no file name: no slash, no control character, at most "
          + "\(Self.longestName) bytes")
    }
    self.init(type: type, name: name.isEmpty ? Self.usualName : name)
  }

  /// What a value says, as far as it can be believed.
  package init(reading value: JSONValue) {
    self.init(
      type: value["type"]?.asText.flatMap { Self.essence($0) } ?? Self.usualType,
      name: value["name"]?.asText.flatMap { FileName.safe($0) } ?? Self.usualName)
  }

  /// `type/subtype` in lower case, without parameters; nil for what is none.
  package static func essence(_ text: String) -> String? {
    let essence = text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    let halves = essence.split(separator: "/", omittingEmptySubsequences: false)
    let isType = halves.count == 2 && halves.allSatisfy { half in
      !half.isEmpty && half.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 97...122: true
        default: "!#$&-^_.+".utf8.contains(byte)
        }
      }
    }
    return isType && essence.utf8.count <= longestType ? essence : nil
  }

  /// The blob that a value names: `{blob, …}`, or the text alone.
  static func id(_ value: JSONValue?) -> BlobID? {
    (value?["blob"]?.asText ?? value?.asText).flatMap { BlobID(text: $0) }
  }

  /// **Shape** `{blob, type, bytes, name}`.
  package func value(_ id: BlobID, bytes: Int64) -> JSONValue {
    [
      "blob": .text(id.text), "type": .text(type), "bytes": .integer(bytes), "name": .text(name),
    ]
  }
}

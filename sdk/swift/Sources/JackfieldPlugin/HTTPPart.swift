// SPDX-License-Identifier: Apache-2.0
// A part of a form that is sent.
import Values

/// One field of `multipart/form-data`.
public enum HTTPPart: Sendable, Hashable {
  case value(name: String, String)
  /// A blob as a file; name and type are the blob's where none are given.
  case blob(name: String, Blob, fileName: String? = nil, type: String? = nil)

  var json: JSONValue {
    switch self {
    case .value(let name, let text): return ["name": .text(name), "value": .text(text)]
    case .blob(let name, let blob, let fileName, let type):
      var object: JSONObject = ["name": .text(name), "blob": blob.json]
      if let fileName { object["file_name"] = .text(fileName) }
      if let type { object["type"] = .text(type) }
      return .object(object)
    }
  }
}

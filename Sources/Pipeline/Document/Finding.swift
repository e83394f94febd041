// SPDX-License-Identifier: Apache-2.0
// What checking a document found, with its place.

import Values

/// One thing that is wrong or doubtful in a document.
package struct Finding: Error, Sendable, Hashable {
  package enum Severity: String, Sendable, Hashable {
    /// The document cannot be used.
    case error
    /// It can, and something in it is probably not meant.
    case warning
  }

  package var severity: Severity
  /// **Shape** snake_case, stable.
  package var code: String
  /// What, the value, what to do. Without control characters.
  package var message: String
  package var path: DocumentPath
  /// **Unit** lines from 1; 0 when the document has no text.
  package var line: Int
  /// **Unit** characters from 1.
  package var column: Int
  /// The known name nearest to an unknown one.
  package var nearest: String?

  /// **Shape** `connector.json:12:7: error: unknown key "filters": … [unknown_key]`.
  package func text(in file: String) -> String {
    "\(file):\(line):\(column): \(severity.rawValue): \(message) [\(code)]"
  }

  /// The same as an object, for `--json`.
  package var value: JSONValue {
    var object = JSONObject()
    object["severity"] = .text(severity.rawValue)
    object["code"] = .text(code)
    object["message"] = .text(message)
    object["path"] = .text(path.description)
    object["line"] = .integer(Int64(line))
    object["column"] = .integer(Int64(column))
    if let nearest { object["nearest"] = .text(nearest) }
    return .object(object)
  }
}

extension [Finding] {
  /// Whether one of them makes the document unusable.
  package var hasErrors: Bool { contains { $0.severity == .error } }
}

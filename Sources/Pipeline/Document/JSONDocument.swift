// SPDX-License-Identifier: Apache-2.0
// A document with its source text, so that everything said about it has a line and a column.

import Values

/// A parsed JSON document that knows where its values stand.
package struct JSONDocument: Sendable {
  package let source: [UInt8]
  package let root: JSONValue

  /// Parses a document's text.
  ///
  /// **Throws** a finding with the position: `document_too_big`, or the parser's own code.
  package init(source: [UInt8]) throws(Finding) {
    guard source.count <= PipelineLimits.documentBytes else {
      throw Finding(
        severity: .error, code: "document_too_big",
        message: "the document has \(source.count) bytes, at most "
          + "\(PipelineLimits.documentBytes) are read: split it",
        path: DocumentPath(), line: 1, column: 1)
    }
    do {
      root = try JSONValue(parsing: source)
    } catch {
      throw Finding(
        severity: .error, code: error.code, message: "not valid JSON: \(error.reason)",
        path: DocumentPath(), line: error.line, column: error.column)
    }
    self.source = source
  }

  /// A document that has no text of its own: positions are those of its compact form.
  package init(value: JSONValue) {
    root = value
    source = value.jsonBytes
  }

  /// Line and column of a value, or of its key when it is an object's member and `ofKey` is set;
  /// of the nearest value above when the path leads nowhere.
  package func position(of path: DocumentPath, ofKey: Bool = false) -> (line: Int, column: Int) {
    var scan = JSONPositionScan(source)
    return lineAndColumn(scan.offset(of: path.elements, ofKey: ofKey))
  }

  /// The paths of keys that an object names twice.
  package func duplicateKeys() -> [DocumentPath] {
    var scan = JSONPositionScan(source)
    return scan.duplicates()
  }

  private func lineAndColumn(_ offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in source.prefix(offset) {
      if byte == 10 {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}

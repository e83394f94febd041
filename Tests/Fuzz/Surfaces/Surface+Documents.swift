// SPDX-License-Identifier: Apache-2.0
// What holds of every document that is read.
import Pipeline
import Values

extension Surface {
  /// The document, or nil for bytes that are none, whose finding is looked at.
  static func document(_ input: [UInt8]) throws(BrokenProperty) -> JSONDocument? {
    do throws(Finding) {
      return try JSONDocument(source: input)
    } catch {
      try require(error.line >= 1 && error.column >= 1, "a finding has its place")
      return nil
    }
  }

  /// Every finding has a place inside the text, and can be printed.
  static func examine(
    _ findings: [Finding], of document: JSONDocument
  ) throws(BrokenProperty) {
    let lines = document.source.count { $0 == 0x0A } + 1
    for finding in findings {
      try require((1...lines).contains(finding.line), "a finding is on a line of the text")
      try require(finding.column >= 1, "a finding has a column")
      try require(
        finding.text(in: "input").isFitForTerminal, "a finding holds no control character")
      try require(finding.message.utf8.count <= 4_096, "a finding is short")
    }
  }
}

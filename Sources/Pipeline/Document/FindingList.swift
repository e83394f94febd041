// SPDX-License-Identifier: Apache-2.0
// Where the findings of one document are gathered.

/// Collects findings and gives each its line and column.
///
/// **Isolation** one reading of one document: never shared.
final class FindingList {
  private let document: JSONDocument?
  private(set) var findings: [Finding] = []
  /// Whether the host wrote the document: it may say what nobody else's may.
  let isHostMade: Bool

  /// Without a document the findings have paths and no positions.
  init(document: JSONDocument?, isHostMade: Bool = false) {
    self.document = document
    self.isHostMade = isHostMade
  }

  /// Adds a finding; above the limit of findings it only counts as one more that is not listed.
  func add(
    _ severity: Finding.Severity, _ code: String, _ message: String, at path: DocumentPath,
    ofKey: Bool = false, nearest: String? = nil
  ) {
    guard findings.count < PipelineLimits.findings else { return }
    let (line, column) = document?.position(of: path, ofKey: ofKey) ?? (0, 0)
    findings.append(
      Finding(
        severity: severity, code: code, message: shortened(message.printable), path: path, line: line,
        column: column, nearest: nearest))
  }

  /// A message that quotes something long is cut: names in documents have no bound of their own.
  private func shortened(_ message: String) -> String {
    let limit = PipelineLimits.messageLength
    guard message.unicodeScalars.count > limit else { return message }
    return String(String.UnicodeScalarView(message.unicodeScalars.prefix(limit))) + "…"
  }

  /// The findings in the order of the text, without repeats.
  var sorted: [Finding] {
    var seen: Set<Finding> = []
    return findings.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
      (left.element.line, left.element.column, left.offset)
        < (right.element.line, right.element.column, right.offset)
    }.map(\.element)
  }
}

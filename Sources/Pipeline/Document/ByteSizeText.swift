// SPDX-License-Identifier: Apache-2.0
// Sizes as documents write them: "1 MiB", "64 KiB".

/// Reads and writes sizes of documents.
package enum ByteSizeText {
  static let units: [(name: String, bytes: Int64)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// The size of a text such as `1 MiB`.
  ///
  /// **Unit** bytes. **Throws** `bad_size`.
  package static func parse(_ text: String) throws(PipelineError) -> Int64 {
    let wrong = PipelineError(
      code: "bad_size",
      message: "\"\(text)\" is not a size: write a number and a unit, such as \"64 KiB\" or "
        + "\"1 MiB\"")
    var rest = Substring(text)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.utf8.count <= 12, let amount = Int64(digits) else { throw wrong }
    rest = rest.dropFirst(digits.count)
    if rest.first == " " { rest = rest.dropFirst() }
    guard let unit = units.first(where: { $0.name == rest }) else { throw wrong }
    let (bytes, overflow) = amount.multipliedReportingOverflow(by: unit.bytes)
    guard !overflow else { throw wrong }
    return bytes
  }

  /// The shortest text that reads back as the same size.
  package static func text(_ bytes: Int64) -> String {
    let unit = units.last { bytes % $0.bytes == 0 && bytes >= $0.bytes } ?? units[0]
    return "\(bytes / unit.bytes) \(unit.name)"
  }
}

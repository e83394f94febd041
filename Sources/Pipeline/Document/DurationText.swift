// SPDX-License-Identifier: Apache-2.0
// Durations as documents write them: "90 s", "5 min", "2 h", "3 d".

/// Reads and writes durations of documents.
///
/// **Source** spec/formats.md 1.13.
package enum DurationText {
  /// The units, shortest first, with their seconds; `ms` is one thousandth.
  static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// The duration of a text such as `90 s`; a negative one only where `allowsNegative`.
  ///
  /// **Throws** `bad_duration`.
  package static func parse(
    _ text: String, allowsNegative: Bool = false
  ) throws(PipelineError) -> Duration {
    let wrong = PipelineError(
      code: "bad_duration",
      message: "\"\(text)\" is not a duration: write a number and a unit, such as \"90 s\", "
        + "\"5 min\", \"2 h\" or \"3 d\"")
    var rest = Substring(text)
    var sign: Int64 = 1
    if rest.first == "-" {
      guard allowsNegative else { throw wrong }
      sign = -1
      rest = rest.dropFirst()
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.utf8.count <= 12, let amount = Int64(digits) else { throw wrong }
    rest = rest.dropFirst(digits.count)
    if rest.first == " " { rest = rest.dropFirst() }
    guard let unit = units.first(where: { $0.name == rest }) else { throw wrong }
    let (milliseconds, overflow) = amount.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow, milliseconds <= PipelineLimits.durationSeconds * 1_000 else {
      throw PipelineError(
        code: "bad_duration",
        message: "\"\(text)\" is too long: a duration is at most "
          + "\(PipelineLimits.durationSeconds / 86_400) d")
    }
    return .milliseconds(sign * milliseconds)
  }

  /// The shortest text that reads back as the same duration; parts of a millisecond are dropped.
  package static func text(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    let unit =
      units.last { milliseconds % $0.milliseconds == 0 && abs(milliseconds) >= $0.milliseconds }
      ?? units[1]
    return "\(milliseconds / unit.milliseconds) \(unit.name)"
  }

  /// A duration for people, in the largest unit that leaves two digits or more.
  static func rounded(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    let unit = units.last { milliseconds / $0.milliseconds >= 10 } ?? units[0]
    return "\((milliseconds + unit.milliseconds - 1) / unit.milliseconds) \(unit.name)"
  }
}

extension Duration {
  /// Whole milliseconds, towards zero.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}

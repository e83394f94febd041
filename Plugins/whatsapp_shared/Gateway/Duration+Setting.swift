// SPDX-License-Identifier: Apache-2.0
// Durations as a channel's settings write them.
import JackfieldBase

extension Duration {
  /// A number and a unit, as documents write durations.
  init?(setting text: String) {
    let digits = text.trimmed.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits), number <= 86_400 else { return nil }
    switch String(text.trimmed.dropFirst(digits.count)).trimmed {
    case "ms": self = .milliseconds(number)
    case "s": self = .seconds(number)
    case "min": self = .seconds(number * 60)
    case "h": self = .seconds(number * 3_600)
    default: return nil
    }
  }

  /// Up to half more, so that nobody sees a machine's beat.
  var withJitter: Duration {
    let (seconds, attoseconds) = components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    return .milliseconds(milliseconds + Int64.random(in: 0...max(0, milliseconds / 2)))
  }

  var shown: String {
    let (seconds, attoseconds) = components
    return seconds >= 1 || attoseconds == 0
      ? "\(seconds) s" : "\(attoseconds / 1_000_000_000_000_000) ms"
  }
}

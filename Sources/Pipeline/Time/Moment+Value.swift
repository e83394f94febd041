// SPDX-License-Identifier: Apache-2.0
// A point in time as conditions and documents write it.

import Calendar
import Values

extension Moment {
  /// Reads a value: a text in ISO 8601 (a date without a time is 00:00 in `zone`), or Unix time as
  /// a number or its digits: seconds below 100,000,000,000, milliseconds from there on.
  package init?(_ value: JSONValue, zone: Zone) {
    switch value {
    case .integer(let number): self.init(unix: number)
    case .number(let number):
      guard number.value.isFinite, abs(number.value) < Double(Moment.limit) else { return nil }
      let isSeconds = abs(number.value) < 1e11
      let scaled = number.value * (isSeconds ? 1_000 : 1)
      self.init(milliseconds: Int64(scaled.rounded(.down)))
    case .text(let text): self.init(text: text, zone: zone)
    default: return nil
    }
  }
}

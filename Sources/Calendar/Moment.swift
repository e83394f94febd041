// SPDX-License-Identifier: Apache-2.0
// A point in time as conditions and documents write it.

/// A point in time, read from ISO 8601 or Unix seconds or milliseconds.
package struct Moment: Sendable, Hashable, Comparable {
  /// **Unit** milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  /// Moments that documents name lie this close to 1970, in milliseconds: 285,000 years.
  package static let limit: UInt64 = 9_000_000_000_000_000

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Moment, right: Moment) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// Reads ISO 8601 (a date without a time is 00:00 in `zone`), or the digits of Unix time.
  package init?(text: String, zone: Zone) {
    var scan = DateScan(text)
    if let moment = scan.moment(zone: zone) {
      self = moment
      return
    }
    guard let number = Int64(text) else { return nil }
    self.init(unix: number)
  }

  /// Unix time: seconds below 100,000,000,000, milliseconds from there on.
  package init?(unix number: Int64) {
    guard number.magnitude < Moment.limit else { return nil }
    self.init(milliseconds: abs(number) < 100_000_000_000 ? number * 1_000 : number)
  }

  /// The day in `zone`. **Unit** days since 1970-01-01.
  package func day(in zone: Zone) -> Int64 {
    floorDivide(zone.local(at: milliseconds), by: 86_400_000)
  }

  /// The time of the day in `zone`. **Unit** milliseconds since midnight.
  package func timeOfDay(in zone: Zone) -> Int64 {
    floorRemainder(zone.local(at: milliseconds), by: 86_400_000)
  }

  /// **Shape** `2026-11-22T15:04:05.006Z`, without the fraction when it is 0.
  package var iso: String { iso(in: .utc) }

  /// The moment as the clocks of a zone show it, with its offset; `Z` for none.
  ///
  /// **Shape** `2026-11-22T20:34:05+05:30`.
  package func iso(in zone: Zone) -> String {
    let date = CivilDate(day: day(in: zone))
    let time = timeOfDay(in: zone)
    var text =
      "\(date.iso)T\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2))"
      + ":\(padded(time / 1_000 % 60, 2))"
    if time % 1_000 != 0 { text += ".\(padded(time % 1_000, 3))" }
    return text + Zone.text(offset: zone.offset(at: milliseconds), zero: "Z")
  }
}

// SPDX-License-Identifier: Apache-2.0
// A time zone as a value: a fixed offset, or rules that somebody read from a file.

/// The zone in which a date without one is read and a moment is shown.
///
/// All times of day are milliseconds "on the wall": those since 1970-01-01T00:00 as the clocks of
/// the zone show it.
package struct Zone: Sendable, Hashable {
  private enum Kind: Sendable, Hashable {
    /// **Unit** seconds east of UTC.
    case fixed(Int64)
    case rules(ZoneRules)
  }

  /// As it was asked for: `Europe/Berlin`, `+05:30`, `UTC`.
  package let name: String
  private let kind: Kind

  package static let utc = Zone(name: "UTC", kind: .fixed(0))

  private init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// A zone with rules, under the name it is known by.
  package init(name: String, rules: ZoneRules) {
    self.init(name: name, kind: .rules(rules))
  }

  /// `UTC`, `Z`, `Etc/UTC`, `GMT`, `+05:30`, `-0300`, `+05`; nil for anything else.
  package init?(fixed name: String) {
    if ["UTC", "Z", "Etc/UTC", "GMT", "Etc/GMT"].contains(name) {
      self.init(name: name, kind: .fixed(0))
      return
    }
    guard let first = name.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    else { return nil }
    var digits = Array(name.utf8.dropFirst())
    if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
    guard [2, 4].contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    let numbers = digits.map { Int64($0) - 48 }
    let hours = numbers[0] * 10 + numbers[1]
    let minutes = digits.count == 4 ? numbers[2] * 10 + numbers[3] : 0
    guard hours <= 18, minutes < 60 else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    self.init(name: name, kind: .fixed(first == UInt8(ascii: "-") ? -seconds : seconds))
  }

  /// The offset of a zone that never changes it. **Unit** seconds east of UTC.
  package var fixedOffset: Int64? {
    guard case .fixed(let offset) = kind else { return nil }
    return offset
  }

  /// The stretch of time around a moment in which clocks are not changed.
  ///
  /// **Unit** seconds since 1970-01-01T00:00:00Z.
  package func period(at second: Int64) -> ZonePeriod {
    switch kind {
    case .fixed(let offset):
      ZonePeriod(offset: offset, abbreviation: Zone.text(offset: offset), isDaylight: false)
    case .rules(let rules): rules.period(at: second)
    }
  }

  /// How far clocks are ahead of UTC.
  ///
  /// **Unit** seconds east of UTC; `milliseconds` since 1970-01-01T00:00:00Z.
  package func offset(at milliseconds: Int64) -> Int64 {
    switch kind {
    case .fixed(let offset): offset
    case .rules(let rules): rules.period(at: floorDivide(milliseconds, by: 1_000)).offset
    }
  }

  /// What people call the time then: `CET`, `CEST`, `+0530`, `UTC`.
  package func abbreviation(at milliseconds: Int64) -> String {
    period(at: floorDivide(milliseconds, by: 1_000)).abbreviation
  }

  /// What the clocks show at a moment. **Unit** milliseconds on the wall.
  package func local(at milliseconds: Int64) -> Int64 {
    Zone.bounded(milliseconds) + offset(at: milliseconds) * 1_000
  }

  /// Sums of a moment and an offset stay within 64 bits.
  static func bounded(_ milliseconds: Int64) -> Int64 {
    min(max(milliseconds, -4_000_000_000_000_000_000), 4_000_000_000_000_000_000)
  }

  /// **Shape** `+05:30`, `Z` for none; seconds only where an old offset has them.
  package static func text(
    offset: Int64, separator: String = ":", zero: String = "UTC"
  ) -> String {
    if offset == 0 { return zero }
    let size = abs(offset)
    var text = (offset < 0 ? "-" : "+") + padded(size / 3_600, 2)
    text += separator + padded(size / 60 % 60, 2)
    if size % 60 != 0 { text += separator + padded(size % 60, 2) }
    return text
  }
}

/// A number with zeros in front, to a width.
func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
  return (number < 0 ? "-" : "") + zeros + digits
}

// SPDX-License-Identifier: Apache-2.0
// Reads ISO 8601 dates and times.

/// A scan over one text. Extended (`2026-11-22T15:04:05+05:30`) and basic (`20261122T150405Z`)
/// forms, a space for the `T`, fractions of a second of any length.
///
/// **Source** ISO 8601:2004 §4, RFC 3339.
package struct DateScan {
  private let bytes: [UInt8]
  private var at = 0

  package init(_ text: String) {
    bytes = Array(text.utf8.prefix(64))
    while at < bytes.count, bytes[at] == 32 { at += 1 }
  }

  /// A date, with or without a time, with or without a zone; `zone` is that of one without.
  package mutating func moment(zone: Zone) -> Moment? {
    guard let date = date() else { return nil }
    skipTrailingSpace()
    if at == bytes.count {
      return Moment(milliseconds: zone.instant(local: date.number * 86_400_000))
    }
    guard take(84) || take(116) || take(32), let time = time() else { return nil }
    guard let written = writtenZone() else { return nil }
    let local = date.number * 86_400_000 + time
    return Moment(milliseconds: (written ?? zone).instant(local: local))
  }

  /// A time of the day alone: `15:04`, `15:04:05`.
  ///
  /// **Unit** milliseconds since midnight.
  package mutating func timeOfDay() -> Int64? {
    guard bytes.contains(58), let time = time() else { return nil }
    skipTrailingSpace()
    return at == bytes.count ? time : nil
  }

  private mutating func date() -> CivilDate? {
    guard let year = digits(4) else { return nil }
    let isExtended = take(45)
    guard let month = digits(2), !isExtended || take(45), let day = digits(2) else { return nil }
    if !isExtended, at < bytes.count, (48...57).contains(bytes[at]) { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  private mutating func time() -> Int64? {
    guard let hour = digits(2), hour <= 24 else { return nil }
    var minute: Int64 = 0
    var second: Int64 = 0
    var fraction: Int64 = 0
    let isExtended = take(58)
    if let found = digits(2) {
      minute = found
      if !isExtended || take(58) {
        if let found = digits(2) {
          second = found
          fraction = fractionOfSecond()
        } else if isExtended {
          return nil
        }
      }
    } else if isExtended {
      return nil
    }
    guard minute < 60, second <= 60, hour < 24 || (minute == 0 && second == 0) else { return nil }
    return ((hour * 60 + minute) * 60 + second) * 1_000 + fraction
  }

  private mutating func fractionOfSecond() -> Int64 {
    guard take(46) || take(44) else { return 0 }
    var milliseconds: Int64 = 0
    var weight: Int64 = 100
    while at < bytes.count, (48...57).contains(bytes[at]) {
      milliseconds += (Int64(bytes[at]) - 48) * weight
      weight /= 10
      at += 1
    }
    return milliseconds
  }

  /// The zone at the end: `.some(nil)` when there is none, nil when what is there is no zone.
  private mutating func writtenZone() -> Zone?? {
    skipTrailingSpace()
    guard at < bytes.count else { return .some(nil) }
    var name = String(decoding: bytes[at...], as: UTF8.self)
    if name == "z" { name = "Z" }
    while name.last == " " { name.removeLast() }
    guard let zone = Zone(fixed: name) else { return nil }
    return .some(zone)
  }

  private mutating func skipTrailingSpace() {
    if bytes[at...].allSatisfy({ $0 == 32 }) { at = bytes.count }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func digits(_ count: Int) -> Int64? {
    guard at + count <= bytes.count else { return nil }
    var number: Int64 = 0
    for byte in bytes[at..<at + count] {
      guard (48...57).contains(byte) else { return nil }
      number = number * 10 + Int64(byte) - 48
    }
    at += count
    return number
  }
}

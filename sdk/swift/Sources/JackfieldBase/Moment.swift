// SPDX-License-Identifier: Apache-2.0
// Points in time, as records and headers write them.
import Glibc

/// Seconds since 1970, UTC, with the two spellings plugins meet.
public struct Moment: Sendable, Hashable, Comparable {
  /// **Unit**: seconds since 1970-01-01T00:00:00Z.
  public let seconds: Int64

  /// What no calendar of four-digit years holds becomes its first or last second.
  public init(seconds: Int64) {
    self.seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
  }

  /// The time it is.
  public static var now: Moment { Moment(seconds: Int64(time(nil))) }

  public static func < (a: Moment, b: Moment) -> Bool { a.seconds < b.seconds }

  /// ISO 8601 with a zone, `2026-11-22T15:14:35Z` or `+05:30`, fractions ignored.
  public init?(iso text: String) {
    let parts = text.utf8.split(whereSeparator: { !Self.isDigit($0) }).compactMap {
      Int64(Substring($0))
    }
    guard parts.count >= 6, text.utf8.count >= 20 else { return nil }
    var seconds = Self.seconds(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    let zone = text.utf8.dropFirst(19).drop { $0 == UInt8(ascii: ".") || Self.isDigit($0) }
    if let sign = zone.first, sign != UInt8(ascii: "Z"), sign != UInt8(ascii: "z") {
      let digits = zone.dropFirst().filter(Self.isDigit).map { Int64($0) - 48 }
      guard digits.count == 4, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
        return nil
      }
      let offset = (digits[0] * 10 + digits[1]) * 3_600 + (digits[2] * 10 + digits[3]) * 60
      seconds += sign == UInt8(ascii: "+") ? -offset : offset
    }
    self.seconds = seconds
  }

  /// The form of HTTP headers, `Sun, 06 Nov 1994 08:49:37 GMT`.
  ///
  /// **Source**: RFC 9110 §5.6.7; the two obsolete forms are not read.
  public init?(http text: String) {
    let words = text.split { $0 == " " || $0 == "," || $0 == ":" }
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard words.count == 8, let day = Int64(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
      let hour = Int64(words[4]), let minute = Int64(words[5]), let second = Int64(words[6])
    else { return nil }
    seconds = Self.seconds(year, Int64(month) + 1, day, hour, minute, second)
  }

  /// ISO 8601 in UTC, to the second.
  public var iso: String {
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    let (year, month, day) = Self.date(days)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let yearText = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
    return "\(yearText)-\(two(month))-\(two(day))"
      + "T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// Days from civil, by shifting the year to begin in March.
  private static func seconds(
    _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64
  ) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era * 146_097 + dayOfEra - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthShifted = (5 * dayOfYear + 2) / 153
    let month = monthShifted + (monthShifted < 10 ? 3 : -9)
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthShifted + 2) / 5 + 1)
  }
}

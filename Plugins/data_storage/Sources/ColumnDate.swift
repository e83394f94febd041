// SPDX-License-Identifier: Apache-2.0
// Dates and times as columns take them.

/// Checks ISO 8601 texts; they are stored as they were written.
enum ColumnDate {
  /// `2026-11-22`, a day that exists.
  static func isDate(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3, let year = number(parts[0], digits: 4),
      let month = number(parts[1], digits: 2), let day = number(parts[2], digits: 2),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// `15:14` or `15:14:35`, with a fraction or without.
  static func isTime(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let hour = number(parts[0], digits: 2), hour < 24,
      let minute = number(parts[1], digits: 2), minute < 60
    else { return false }
    guard parts.count == 3 else { return true }
    let second = parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard second.count <= 2, let whole = number(second[0], digits: 2), whole < 60 else {
      return false
    }
    return second.count == 1 || (!second[1].isEmpty && second[1].allSatisfy(isDigit))
  }

  /// A date, then perhaps `T` or a space, a time and a zone; or seconds or milliseconds since 1970.
  static func isDateTime(_ text: String) -> Bool {
    if !text.isEmpty && text.utf8.allSatisfy(isDigit) { return text.utf8.count <= 14 }
    guard isDate(String(text.prefix(10))) else { return false }
    let rest = text.utf8.dropFirst(10)
    guard let joint = rest.first else { return true }
    guard joint == UInt8(ascii: "T") || joint == UInt8(ascii: " ") else { return false }
    let clock = rest.dropFirst()
    let zone = clock.firstIndex { "Zz+-".utf8.contains($0) } ?? clock.endIndex
    return isTime(String(Substring(clock[..<zone]))) && isZone(Substring(clock[zone...]))
  }

  private static func isZone(_ text: Substring) -> Bool {
    if text.isEmpty || text == "Z" || text == "z" { return true }
    let digits = text.utf8.dropFirst().filter { $0 != UInt8(ascii: ":") }
    return digits.count == 4 && digits.allSatisfy(isDigit)
  }

  private static func number(_ text: Substring.UTF8View, digits: Int) -> Int? {
    text.count == digits && text.allSatisfy(isDigit) ? Int(Substring(text)) : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

// SPDX-License-Identifier: Apache-2.0
// The formats a text may be declared to have.

/// What `format` may say. Times without a zone are in the project's, so a zone is never demanded.
package enum SchemaFormat: String, Sendable, CaseIterable {
  /// `local@domain`: no spaces, one `@`, at most 254 bytes, the domain in labels of letters, digits
  /// and hyphens.
  case email
  /// A scheme, a colon and more; `http` and `https` with a host. Letters beyond ASCII may stand.
  case uri
  /// `2026-11-22`, a day that exists.
  case date
  /// A date, `T` or a space, a time, and perhaps `Z` or `+05:30`.
  case dateTime = "date-time"
  /// `09:30`, `09:30:00` or `09:30:00.5`, and perhaps a zone.
  case time
  /// 7 to 15 digits with country code and without leading 0; a leading `+` or `00`, spaces,
  /// hyphens, points and parentheses do not count.
  case phone
  /// Eight, four, four, four and twelve hexadecimal digits.
  case uuid
  /// `90 s`, `5 min`, `2 h`, `3 d`.
  case duration

  /// For messages: `an e-mail address` …
  package var wanted: String {
    switch self {
    case .email: "an e-mail address"
    case .uri: "a URL"
    case .date: "a date such as 2026-11-22"
    case .dateTime: "a date and time such as 2026-11-22T09:30:00Z"
    case .time: "a time such as 09:30"
    case .phone: "a phone number of 7 to 15 digits with country code"
    case .uuid: "a UUID"
    case .duration: "a duration such as 90 s, 5 min, 2 h or 3 d"
    }
  }

  package func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var rest = bytes[...]
    switch self {
    case .email: return Self.isEmail(bytes)
    case .uri: return Self.isURI(bytes)
    case .date: return Self.takeDate(&rest) && rest.isEmpty
    case .dateTime:
      guard Self.takeDate(&rest), let divider = rest.popFirst() else { return false }
      guard divider == 0x20 || divider | 0x20 == 0x74 else { return false }
      return Self.takeTime(&rest) && Self.takeZone(&rest) && rest.isEmpty
    case .time: return Self.takeTime(&rest) && Self.takeZone(&rest) && rest.isEmpty
    case .phone: return Self.isPhone(bytes)
    case .uuid: return Self.isUUID(bytes)
    case .duration: return Self.isDuration(bytes)
    }
  }
}

extension SchemaFormat {
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  private static func isEmail(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= 254, let sign = bytes.firstIndex(of: 0x40) else { return false }
    let local = bytes[..<sign]
    guard (1...64).contains(local.count), local.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
      !local.contains(where: { [0x22, 0x28, 0x29, 0x2C, 0x3A, 0x3B, 0x3C, 0x3E].contains($0) })
    else { return false }
    return isHost(bytes[(sign + 1)...])
  }

  private static func isHost(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
      guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D else {
        return false
      }
      return label.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D || $0 >= 0x80 }
    }
  }

  private static func isURI(_ bytes: [UInt8]) -> Bool {
    guard let colon = bytes.firstIndex(of: 0x3A), let first = bytes.first, isLetter(first),
      bytes[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) })
    else { return false }
    let rest = bytes[(colon + 1)...]
    let refused: [UInt8] = [0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D, 0x7F]
    guard !rest.isEmpty, !rest.contains(where: { $0 <= 0x20 || refused.contains($0) }) else {
      return false
    }
    let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    guard scheme == "http" || scheme == "https" else { return true }
    guard rest.starts(with: [0x2F, 0x2F]) else { return false }
    let host = rest.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    return !host.isEmpty && host.first != 0x3A
  }

  /// Exactly `width` digits, as a number.
  private static func take(_ width: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= width, rest.prefix(width).allSatisfy(isDigit) else { return nil }
    defer { rest = rest.dropFirst(width) }
    return rest.prefix(width).reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func take(byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func takeDate(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let year = take(4, &rest), take(byte: 0x2D, &rest), let month = take(2, &rest),
      take(byte: 0x2D, &rest), let day = take(2, &rest), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...lengths[month - 1]).contains(day)
  }

  private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let hour = take(2, &rest), take(byte: 0x3A, &rest), let minute = take(2, &rest),
      hour < 24, minute < 60
    else { return false }
    guard take(byte: 0x3A, &rest) else { return true }
    // A leap second is written as 60.
    guard let second = take(2, &rest), second <= 60 else { return false }
    guard take(byte: 0x2E, &rest) else { return true }
    let fraction = rest.prefix(while: isDigit)
    rest = rest.dropFirst(fraction.count)
    return !fraction.isEmpty
  }

  private static func takeZone(_ rest: inout ArraySlice<UInt8>) -> Bool {
    if rest.isEmpty || take(byte: 0x5A, &rest) || take(byte: 0x7A, &rest) { return true }
    guard take(byte: 0x2B, &rest) || take(byte: 0x2D, &rest), let hour = take(2, &rest),
      take(byte: 0x3A, &rest), let minute = take(2, &rest)
    else { return false }
    return hour < 24 && minute < 60
  }

  private static func isPhone(_ bytes: [UInt8]) -> Bool {
    var digits = bytes[...]
    if digits.first == 0x2B { digits = digits.dropFirst() }
    let ignored: [UInt8] = [0x20, 0x2D, 0x28, 0x29, 0x2E]
    var number = digits.filter { !ignored.contains($0) }[...]
    if bytes.first != 0x2B, number.starts(with: [0x30, 0x30]) { number = number.dropFirst(2) }
    return (7...15).contains(number.count) && number.first != 0x30 && number.allSatisfy(isDigit)
  }

  private static func isUUID(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { place, byte in
      if [8, 13, 18, 23].contains(place) { return byte == 0x2D }
      return isDigit(byte) || (byte | 0x20) &- 0x61 < 6
    }
  }

  private static func isDuration(_ bytes: [UInt8]) -> Bool {
    let amount = bytes.prefix(while: isDigit)
    let unit = bytes.dropFirst(amount.count).drop { $0 == 0x20 }
    guard (1...9).contains(amount.count) else { return false }
    return ["s", "min", "h", "d"].contains(String(decoding: unit, as: UTF8.self))
  }
}

// SPDX-License-Identifier: Apache-2.0
// A time zone that never changes its offset.

/// The zone in which dates without one are read. Only fixed offsets for now: zones with rules
/// (`Asia/Kolkata`) come with their own module and are refused by name until then.
package struct ZoneOffset: Sendable, Hashable {
  /// **Unit** seconds east of UTC.
  package let secondsEast: Int64

  package static let utc = ZoneOffset(secondsEast: 0)

  package init(secondsEast: Int64) { self.secondsEast = secondsEast }

  /// `UTC`, `Z`, `Etc/UTC`, `GMT`, `+05:30`, `-0300`; nil for anything else.
  package init?(_ name: String) {
    if ["UTC", "Z", "Etc/UTC", "GMT", "Etc/GMT"].contains(name) {
      self = .utc
      return
    }
    guard let first = name.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    else { return nil }
    let digits = Array(name.utf8.dropFirst().filter { $0 != UInt8(ascii: ":") })
    guard [2, 4].contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    let numbers = digits.map { Int64($0) - 48 }
    let hours = numbers[0] * 10 + numbers[1]
    let minutes = digits.count == 4 ? numbers[2] * 10 + numbers[3] : 0
    guard hours <= 18, minutes < 60 else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    secondsEast = first == UInt8(ascii: "-") ? -seconds : seconds
  }
}

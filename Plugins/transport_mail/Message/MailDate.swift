// SPDX-License-Identifier: Apache-2.0
// The Date header.
import Glibc

/// A point in time as mails write it, in UTC.
///
/// **Source**: RFC 5322, section 3.3.
package enum MailDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// **Unit**: seconds since 1970.
  package static func text(_ seconds: Int) -> String {
    var (time, parts) = (time_t(seconds), tm())
    gmtime_r(&time, &parts)
    let two = { (value: Int32) in value < 10 ? "0\(value)" : "\(value)" }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
    let (day, month) = (days[Int(parts.tm_wday)], months[Int(parts.tm_mon)])
    return "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1_900) \(clock) +0000"
  }
}

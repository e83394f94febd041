// SPDX-License-Identifier: Apache-2.0
// What ends two machines that answer each other.

/// Counts the runs that messages of one contact start, and says when they are too many.
///
/// Two machines that answer each other would go on for ever; a person does not write this often.
/// What is counted lives in memory: after a restart the counting begins anew, which lets a few more
/// through and no more.
///
/// **Source** spec/formats.md, the trigger `message`.
package struct MessageGuard: Sendable {
  /// Automatic replies to one contact within `window`.
  static let most = 5
  /// **Unit** milliseconds.
  static let window: Int64 = 60_000

  /// When each contact's runs were started. **Unit** milliseconds since 1970.
  private var starts: [String: [Int64]] = [:]
  private var tidiedAt: Int64 = 0

  package init() {}

  /// Whether one more run may start for this contact; one that may is counted.
  package mutating func admits(_ contact: String, now: Int64) -> Bool {
    tidy(now)
    var recent = Self.recent(starts[contact] ?? [], now)
    guard recent.count < Self.most else { return false }
    recent.append(now)
    starts[contact] = recent
    return true
  }

  /// Once in a window the contacts that are silent are forgotten.
  private mutating func tidy(_ now: Int64) {
    guard now < tidiedAt || now - tidiedAt >= Self.window else { return }
    tidiedAt = now
    starts = starts.mapValues { Self.recent($0, now) }.filter { !$0.value.isEmpty }
  }

  /// A time that has not come yet is from before the clock was set back: it does not count.
  private static func recent(_ times: [Int64], _ now: Int64) -> [Int64] {
    times.filter { $0 <= now && now - $0 < window }
  }
}

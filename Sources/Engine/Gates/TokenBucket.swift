// SPDX-License-Identifier: Apache-2.0
// How many calls there may be in a time.
import Pipeline

/// A bucket that holds `calls` tokens and fills evenly over `per`.
///
/// Kept as one number, the time at which it will be full again: a token taken moves that time on by
/// one interval, and there is a token while the bucket is less than one filling from full. Rates
/// may change between two takes, or differ between two plugins that share a credential.
///
/// **Source** the generic cell rate algorithm, ITU-T I.371.
struct TokenBucket: Sendable, Hashable {
  /// **Unit** monotonic nanoseconds.
  private(set) var fullAt: UInt64
  /// The longest filling of the rates it was taken from since it was full: it is full by then,
  /// whatever the wall clock says that a restart has to go by. **Unit** nanoseconds.
  private(set) var longest: UInt64

  init(fullAt: UInt64 = 0, longest: UInt64 = 0) {
    self.fullAt = fullAt
    self.longest = longest
  }

  /// Takes a token, if there is one.
  mutating func take(_ rate: RatePolicy, at now: UInt64) -> Bool {
    guard next(rate, at: now) <= now else { return false }
    longest = max(fullAt > now ? longest : 0, rate.per.nanoseconds)
    fullAt = max(fullAt, now) + interval(rate)
    return true
  }

  /// When there is a token: `now`, or a time to come.
  func next(_ rate: RatePolicy, at now: UInt64) -> UInt64 {
    let per = rate.per.nanoseconds
    // A bucket cannot be emptier than empty, whatever a larger rate or a clock set back left here.
    let full = min(max(fullAt, now), now + per)
    let after = full + interval(rate)
    return after > now + per ? after - per : now
  }

  /// How long until there is a token for the one that stands behind so many others.
  func next(_ rate: RatePolicy, behind others: Int, at now: UInt64) -> UInt64 {
    let wait = interval(rate).multipliedReportingOverflow(by: UInt64(others))
    let time = next(rate, at: now).addingReportingOverflow(wait.partialValue)
    return wait.overflow || time.overflow ? UInt64.max : time.partialValue
  }

  private func interval(_ rate: RatePolicy) -> UInt64 {
    rate.per.nanoseconds / UInt64(max(1, rate.calls))
  }
}

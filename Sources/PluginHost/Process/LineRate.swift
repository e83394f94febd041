// SPDX-License-Identifier: Apache-2.0
//
// How many lines are let through: so many at once, then so many a second.

/// A bucket of lines and the count of those it refused. A value, told the time.
struct LineRate {
  private let burst: Double
  private let perSecond: Double
  private var tokens: Double
  private var refilled: UInt64
  private(set) var dropped = 0

  init(burst: Int, perSecond: Int, now: UInt64) {
    self.burst = Double(burst)
    self.perSecond = Double(perSecond)
    tokens = Double(burst)
    refilled = now
  }

  /// Takes one line in, or counts it as dropped.
  mutating func admits(now: UInt64) -> Bool {
    if now > refilled {
      tokens = min(burst, tokens + Double(now - refilled) / 1e9 * perSecond)
      refilled = now
    }
    guard tokens >= 1 else {
      dropped += 1
      return false
    }
    tokens -= 1
    return true
  }

  /// What is to be said of those that were dropped since it was last asked; nil when none were.
  mutating func takeNotice() -> ArraySlice<UInt8>? {
    guard dropped > 0 else { return nil }
    defer { dropped = 0 }
    return Array("[\(dropped) lines dropped: the plugin prints too much]".utf8)[...]
  }
}

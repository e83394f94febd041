// SPDX-License-Identifier: Apache-2.0
// What gates are for, and what stands in front of them.
import Pipeline

/// The runs of one connector that are run one after the other.
struct FIFOKey: Hashable, Sendable {
  let connector: ConnectorID
  let key: String
}

/// A plugin in a project: what `concurrency` limits.
struct PluginKey: Hashable, Sendable {
  let project: ProjectID
  let plugin: PluginID
}

/// A bucket and those who wait for its next token.
struct RateGate: Sendable {
  var bucket = TokenBucket()
  var line = WaitLine<RunID>()
  /// The time of the timer that counts; an older one must not make two of it.
  var timerAt: UInt64?
}

/// A breaker and those who wait for it.
struct BreakerGate: Sendable {
  var breaker = Breaker()
  var line = WaitLine<RunID>()
}

/// What a timer is for. Whether it still means something is for the one to see who set it.
enum EngineTimer: Sendable, Hashable {
  /// The next token of a bucket.
  case rate(BucketKey)
  /// The time of an open breaker is over.
  case breaker(BreakerKey)
  /// A back-off is over.
  case backOff(RunID)
  /// A refused recording is tried again.
  case stalled(RunID)
}

// SPDX-License-Identifier: Apache-2.0
// Everything the engine asks its driver to do.
import Pipeline
import Values

/// One output of `Engine.handle`.
package enum EngineOutput: Sendable {
  case resolve(ResolveOrder)
  indirect case call(CallOrder)
  indirect case record(RecordOrder)
  /// Read active runs (ready and running) of a connector with ids above `after`, at most `limit`,
  /// in the order of their ids; answered by `claimed`.
  case claim(ConnectorID, after: RunID, limit: Int)
  /// Read waiting runs that are due at or before `until`, at most `limit`, the earliest first;
  /// answered by `due`.
  ///
  /// **Unit** milliseconds since 1970.
  case claimDue(until: Int64, limit: Int)
  /// The run is not in memory: cancel it on disk if it still is ready or waits there; answered by
  /// `storedCancel`.
  case cancelStored(RunID, reason: String, ticket: UInt64)
  /// What became of a `cancel`: whether the run ended as cancelled.
  case cancelled(RunID, ticket: UInt64, Bool)
  /// Answer the caller of the run's webhook.
  case respond(RunID, Response)
  /// A run has ended and is on disk.
  case finished(RunID, RunEnd)
  /// A run waits on disk and is no longer in memory; nil waits for something without a time.
  ///
  /// **Unit** milliseconds since 1970.
  case parked(RunID, until: Int64?)
  /// A run stands on disk as active, is no longer in memory, and will be claimed again.
  case unloaded(RunID)
  /// A run was dropped because somebody else ended it.
  case dropped(RunID)
  /// Call `handle(.woke)` at this time; it is earlier than what was asked for before.
  ///
  /// **Unit** monotonic nanoseconds.
  case wake(at: UInt64)
  /// A breaker has changed: to be logged and shown.
  case breaker(BreakerKey, BreakerState)
}

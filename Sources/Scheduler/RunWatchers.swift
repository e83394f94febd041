// SPDX-License-Identifier: Apache-2.0
// Who wants to know what happens to runs.
import Pipeline

/// What happens to runs, for whoever watches.
package enum RunEvent: Sendable {
  case called(RunID, ComponentID, ActionID)
  case recorded(RunID, [JournalEntry])
  /// It waits on disk. **Unit** milliseconds since 1970.
  case parked(RunID, until: Int64?)
  case finished(RunID, RunEnd)
}

/// Observers of all runs, and those who wait for one run, its answer or its cancel.
///
/// **Isolation**: the loop thread.
struct RunWatchers {
  private var observers: [UInt64: @Sendable (RunEvent) -> Void] = [:]
  private var waiters: [RunID: [UInt64: @Sendable (RunEnd) -> Void]] = [:]
  private var responders: [RunID: (Response?) -> Void] = [:]
  private var cancels: [UInt64: @Sendable (Bool) -> Void] = [:]
  private var lastTicket: UInt64 = 0

  mutating func observe(_ number: UInt64, _ observer: (@Sendable (RunEvent) -> Void)?) {
    observers[number] = observer
  }

  mutating func wait(for run: RunID, _ number: UInt64, _ done: (@Sendable (RunEnd) -> Void)?) {
    waiters[run, default: [:]][number] = done
    if waiters[run]?.isEmpty == true { waiters[run] = nil }
  }

  mutating func answer(_ run: RunID, _ respond: ((Response?) -> Void)?) {
    responders[run] = respond
  }

  /// A ticket for a cancel.
  mutating func cancel(_ done: @escaping @Sendable (Bool) -> Void) -> UInt64 {
    lastTicket += 1
    cancels[lastTicket] = done
    return lastTicket
  }

  func tell(_ event: RunEvent) {
    for observer in observers.values { observer(event) }
  }

  mutating func responded(_ run: RunID, _ response: Response) {
    responders.removeValue(forKey: run)?(response)
  }

  mutating func cancelled(_ ticket: UInt64, _ isDone: Bool) {
    cancels.removeValue(forKey: ticket)?(isDone)
  }

  func parked(_ run: RunID, until: Int64?) { tell(.parked(run, until: until)) }

  mutating func ended(_ run: RunID, _ end: RunEnd) {
    responders.removeValue(forKey: run)?(nil)
    for waiter in (waiters.removeValue(forKey: run) ?? [:]).values { waiter(end) }
    tell(.finished(run, end))
  }
}

extension Scheduler {
  /// Calls `done` once the run has ended, unless `forget` comes first with the same number. Whether
  /// it has ended before is the caller's to check.
  package func wait(
    for id: RunID, _ number: UInt64, _ done: @escaping @Sendable (RunEnd) -> Void
  ) {
    loop.assertCurrent()
    watchers.wait(for: id, number, done)
  }

  package func forget(_ id: RunID, _ number: UInt64) {
    loop.assertCurrent()
    watchers.wait(for: id, number, nil)
  }

  /// Hears what happens to every run, on the loop thread, until `unobserve` with the same number.
  package func observe(_ number: UInt64, _ observer: @escaping @Sendable (RunEvent) -> Void) {
    loop.assertCurrent()
    watchers.observe(number, observer)
  }

  package func unobserve(_ number: UInt64) {
    loop.assertCurrent()
    watchers.observe(number, nil)
  }

  /// Hears the run's mapped response, or nil when it ended without one. Nil takes it back.
  package func answer(_ id: RunID, _ respond: ((Response?) -> Void)?) {
    loop.assertCurrent()
    watchers.answer(id, respond)
  }

  /// Ends a run as cancelled; `done` hears whether it did.
  package func cancel(
    _ id: RunID, reason: String, _ done: @escaping @Sendable (Bool) -> Void
  ) {
    loop.assertCurrent()
    let ticket = watchers.cancel(done)
    feed(.cancel(id, reason: reason, ticket: ticket))
  }
}

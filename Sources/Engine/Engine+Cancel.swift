// SPDX-License-Identifier: Apache-2.0
// Runs that somebody ends from outside.
import Pipeline

extension Engine {
  mutating func cancel(_ id: RunID, _ reason: String, _ ticket: UInt64) {
    guard let run = runs[id] else {
      storedCancels.begin(id, reason)
      output.append(.cancelStored(id, reason: reason, ticket: ticket))
      return
    }
    if faults.contains(.ignoresCancelAfterWake), run.wasWoken {
      output.append(.cancelled(id, ticket: ticket, true))
      return
    }
    runs[id]?.cancel = LiveRun.Cancel(
      reason: run.cancel?.reason ?? reason, tickets: (run.cancel?.tickets ?? []) + [ticket])
    switch run.phase {
    case .queued, .resolving, .held, .decided: endCancelled(id)
    case .gated(let call, let gate):
      abandon(id, call, at: gate)
      endCancelled(id)
    case .backingOff: endCancelled(id)
    // The plugin has been told, or the writer: what they do comes first.
    case .calling, .recording, .stalled: break
    }
  }

  mutating func storedCancel(_ id: RunID, _ ticket: UInt64, _ isDone: Bool) {
    let reason = storedCancels.reason(for: id) ?? ""
    storedCancels.end(id, readingRuns: backlog.reading != nil, readingDue: sleepers.isReading)
    // It was not there to be cancelled, and is here now: it had just been read.
    if !isDone, runs[id] != nil { return cancel(id, reason, ticket) }
    output.append(.cancelled(id, ticket: ticket, isDone))
  }

  /// Has a run recorded as cancelled that nothing is under way for.
  mutating func endCancelled(_ id: RunID) {
    guard var after = runs[id]?.progress, let cancel = runs[id]?.cancel else { return }
    runs[id]?.unrecorded.append(after.cancel(reason: cancel.reason))
    recordEnd(id, RunEnd(.cancelled, reason: cancel.reason), after: after)
  }

  /// Tells everybody who cancelled a run what became of that.
  mutating func answer(_ cancel: LiveRun.Cancel?, _ id: RunID, isCancelled: Bool) {
    for ticket in cancel?.tickets ?? [] {
      output.append(.cancelled(id, ticket: ticket, isCancelled))
    }
  }
}

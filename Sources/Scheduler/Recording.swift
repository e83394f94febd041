// SPDX-License-Identifier: Apache-2.0
// One recording as a transaction: records, journal, position, all or nothing.
import CSystem
import Engine
import Pipeline
import Store
import Values

/// What goes to disk after an attempt, in one savepoint of the writer's batch.
struct Recording: Sendable {
  let order: RecordOrder
  let writes: [RecordWrite]
  /// The run as this writer last knew it.
  let standing: RunStanding
  /// Milliseconds since 1970.
  let now: Int64
  let durationMS: Int64

  /// - Returns: the run's contact as it now is, when this recording changed it or chose another.
  /// - Throws: `StoreError`: a conflict takes everything back; `zombie` when the run is no longer
  ///   this incarnation's to write.
  func write(_ transaction: WriteTransaction) throws(StoreError) -> JSONValue? {
    if !writes.isEmpty {
      _ = try transaction.recordsApply(order.project, writes, nowMS: now)
    }
    for (index, entry) in order.journal.enumerated() {
      // The time spent belongs to the last entry: the ones before are filters passed on the way.
      let spent = index == order.journal.count - 1 ? durationMS : 0
      try transaction.journalAppend(
        order.run, sequence: Int64(order.firstSequence + index), entry: entry.value.json,
        startedMS: now - spent, durationMS: spent)
    }
    let chosen = order.newContact.flatMap { RecordID(text: $0) }
    let position = order.position.text
    let mark = order.marksUnknown ? "unknown" : nil
    if let end = order.end {
      try transaction.runFinish(
        order.run, fence: standing.fence, expecting: standing.state,
        RunChange(
          state(end.state), position: position, contact: chosen, mark: mark, reason: end.reason),
        nowMS: now)
    } else {
      try transaction.runUpdate(
        order.run, fence: standing.fence, expecting: standing.state,
        RunChange(.running, position: position, contact: chosen, mark: mark), nowMS: now)
    }
    _ = sys_fault(SYS_FAULT_OUTCOME)
    return try contact(transaction, chosen)
  }

  private func state(_ end: RunEndState) -> RunState {
    switch end {
    case .succeeded: .succeeded
    case .stopped: .stopped
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }

  private func contact(
    _ transaction: WriteTransaction, _ chosen: RecordID?
  ) throws(StoreError) -> JSONValue? {
    let known = order.contactID.flatMap { RecordID(text: $0) }
    let touched = writes.contains { $0.schema.name == "contact" && $0.id == known }
    guard let id = chosen ?? (touched ? known : nil) else { return nil }
    return try transaction.recordGet(order.project, collection: "contact", id: id)?.document
  }
}

/// The row of a run as its one writer last left it.
package struct RunStanding: Sendable {
  package var fence: RunFence
  package var state: RunState

  package init(fence: RunFence, state: RunState) {
    self.fence = fence
    self.state = state
  }

  /// After a recording that did not end the run.
  var next: RunStanding { RunStanding(fence: fence.next, state: .running) }
}

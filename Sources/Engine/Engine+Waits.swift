// SPDX-License-Identifier: Apache-2.0
// Runs that leave the memory for a while, and come back.
import Calendar
import Pipeline
import Values

extension Engine {
  /// Has the end of a wait recorded, before anything else: so a delay is cancelled or fires, and
  /// never both.
  mutating func wake(_ id: RunID, _ wake: Wake) {
    guard var after = runs[id]?.progress else { return }
    sleepers.waking += 1
    if let cancel = runs[id]?.cancel {
      runs[id]?.unrecorded.append(after.cancel(reason: cancel.reason))
      return record(id, .wake, after: after) {
        $0.end = RunEnd(.cancelled, reason: cancel.reason)
      }
    }
    let (journal, continuation) = after.wake(wake, now: Moment(milliseconds: now.wall))
    runs[id]?.unrecorded += journal
    if faults.contains(.firesTimerTwice) { runs[id]?.unrecorded += journal }
    var end: RunEnd?
    if case .finish(let runEnd) = continuation { end = runEnd }
    let connector = after.connector
    record(id, .wake, after: after) { order in
      order.end = end
      if let end { order.alerts = AlertOrder.orders(end, connector) }
    }
  }

  mutating func recordWait(_ id: RunID, _ plan: WaitPlan) {
    guard var after = runs[id]?.progress else { return }
    after.park(plan)
    runs[id]?.unrecorded.append(plan.entry)
    record(id, .park, after: after) { $0.wait = WaitOrder(plan) }
  }

  /// Has the result of a call recorded, with what it wrote, and the run parked until news of what
  /// it sent have come. It holds nothing meanwhile: no worker, no lock, no place in its line.
  mutating func recordNewsWait(
    _ id: RunID, _ call: Call, _ wait: NewsWait, _ stops: String?
  ) {
    guard var after = runs[id]?.progress else { return }
    let entry = after.await(
      wait, for: call.plan, attempts: call.made, now: Moment(milliseconds: now.wall),
      stops: stops)
    runs[id]?.unrecorded.append(entry)
    var end: RunEnd?
    if let cancel = runs[id]?.cancel {
      runs[id]?.unrecorded.append(after.cancel(reason: cancel.reason))
      end = RunEnd(.cancelled, reason: cancel.reason)
    }
    let contactID = after.contact?["id"]?.asText
    record(id, .news(call), after: after) { order in
      order.attempt = call.attempt
      order.keepsWrites = true
      order.contactID = contactID
      order.end = end
      if end == nil { order.wait = WaitPlan(entry).map { WaitOrder($0) } }
    }
  }

  mutating func recordChildren(_ id: RunID, _ plan: ChildrenPlan) {
    guard var after = runs[id]?.progress else { return }
    let continuation = after.start(plan)
    runs[id]?.unrecorded.append(plan.entry)
    let connector = after.connector
    record(id, .children(waits: plan.waits), after: after) { order in
      order.children = plan
      guard case .finish(let end) = continuation else { return }
      order.end = end
      order.alerts = AlertOrder.orders(end, connector)
    }
  }

  /// A run waits on disk now, unless somebody cancelled it meanwhile.
  mutating func parked(_ id: RunID, until due: Int64?) {
    runs[id]?.waitsOnDisk = true
    if runs[id]?.cancel != nil { return endCancelled(id) }
    if let due { sleepers.note(due) }
    output.append(.parked(id, until: due))
    _ = remove(id)
  }
}

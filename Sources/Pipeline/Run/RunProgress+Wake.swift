// SPDX-License-Identifier: Apache-2.0
// How a parked run goes on.

import Calendar
import Values

extension RunProgress {
  /// Ends a wait. What does not fit what the run waits for changes nothing.
  ///
  /// - Parameter now: what lateness is measured by.
  package mutating func wake(
    _ wake: Wake, now: Moment
  ) -> (journal: [JournalEntry], continuation: Continuation) {
    guard end == nil, case .waiting(let waiting) = mode,
      let entry = entry(of: wake, after: waiting, now)
    else { return ([], continuation) }
    record(entry)
    return ([entry], continuation)
  }

  private func entry(
    of wake: Wake, after waiting: JournalEntry, _ now: Moment
  ) -> JournalEntry? {
    if case .children(let outcomes) = wake {
      return waiting.kind == .children ? gather(outcomes, after: waiting) : nil
    }
    guard waiting.kind != .children else { return nil }
    if waiting.kind == .news { return newsEntry(of: wake, after: waiting) }
    var entry = entry(waiting.step, waiting.component, waiting.kind, .passed)
    entry.dueAt = waiting.dueAt
    switch (wake, component(at: position)) {
    case (.resumed, _): entry.status = .resumed
    case (.message(let message), .waitForMessage):
      entry.status = .succeeded
      entry.output = message
    case (.due, .waitForMessage), (.moved, .waitForMessage): entry.status = .timeout
    case (.moved, .delay): entry.notes = ["it was moved"]
    case (.due(let due), .delay(let delay)):
      entry.dueAt = due
      if let expires = delay.expiresAfter, now > due.adding(expires) {
        let text = DurationText.text(expires)
        return past(
          delay, entry, "the run woke more than \(text) after its time", isLate: true)
      }
    default: return nil
    }
    return entry
  }
}

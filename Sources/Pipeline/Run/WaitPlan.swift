// SPDX-License-Identifier: Apache-2.0
// What a run waits for when it is not in memory.

import Calendar
import Values

/// What ends a wait besides somebody's hand.
package enum WaitKind: String, Sendable, Hashable, CaseIterable {
  /// Its due time.
  case delay
  /// A message of the run's contact, or the due time.
  case message
  /// News of what an action sent, or the due time.
  case news
}

/// A wait a run asks for: it is parked with `entry` in its journal and leaves the memory.
package struct WaitPlan: Sendable, Hashable {
  package var component: ComponentID
  package var kind: WaitKind
  /// Nil waits for ever.
  package var due: Moment?
  /// What a delay can be cancelled by; rendered, without empty ones and repetitions.
  package var identifiers: [String]
  /// The contact whose message ends the wait.
  package var messageContact: String?
  /// The key of the attempt whose news end the wait, and of how many targets.
  package var newsKey: String?
  package var newsCount = 1
  /// What is journalled when the run is parked.
  package var entry: JournalEntry

  /// The plan behind a journalled wait; nil when the entry is none.
  package init?(_ entry: JournalEntry) {
    switch entry.kind {
    case .delay: kind = .delay
    case .message: kind = .message
    case .news: kind = .news
    default: return nil
    }
    component = entry.component
    due = entry.dueAt
    identifiers =
      kind == .delay ? entry.input?["identifiers"]?.asList?.compactMap(\.asText) ?? [] : []
    messageContact = kind == .message ? entry.input?["contact"]?.asText : nil
    newsKey = entry.key
    newsCount = entry.awaits ?? 1
    self.entry = entry
  }
}

/// What ended a wait.
package enum Wake: Sendable, Hashable {
  /// Its time came. `at` is the due time as stored, which lateness counts from.
  case due(at: Moment)
  /// Somebody cancelled the delay so that the run goes on at once.
  case resumed
  /// The contact wrote: the message's event.
  case message(JSONValue)
  /// What was told of what an action sent, by target.
  case news([NewsTold])
  /// All runs of the elements have ended.
  case children([ChildOutcome])
  /// Somebody moved the delay to a time that had come: lateness does not count.
  case moved
}

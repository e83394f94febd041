// SPDX-License-Identifier: Apache-2.0
// Everything the engine asks its driver to do.
import Pipeline
import Values

/// One attempt's number, unique in the life of an engine and never reused, so that a late answer
/// of a finished attempt can never be taken for another's.
package struct AttemptNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: UInt64
  package init(_ value: UInt64) { self.value = value }
  package static func < (left: AttemptNumber, right: AttemptNumber) -> Bool {
    left.value < right.value
  }
  package var description: String { String(value) }
}

/// A call to make.
package struct CallOrder: Sendable {
  package let run: RunID
  package let project: ProjectID
  package let attempt: AttemptNumber
  package let plan: CallPlan
  /// The run's position in text, `step-component`: with the run it makes the idempotency key.
  package let place: String
  /// Whether an earlier try at this attempt may have sent something (see `RunSeed.isRecovered`).
  package let mayHaveSent: Bool
  package let context: CallContext
}

/// What a call is told about its run (`jf_call_interface.context`).
package struct CallContext: Sendable {
  package let connector: String
  package let component: String
  package let contact: JSONValue?
  package let constants: JSONObject
}

/// What a run must have on disk before anything further happens to it.
package struct RecordOrder: Sendable {
  package let run: RunID
  package let project: ProjectID
  /// The attempt whose gathered record writes belong to this recording; nil for a finish without
  /// a call.
  package let attempt: AttemptNumber?
  /// Whether the writes of the attempt are committed; false when the action failed.
  package let keepsWrites: Bool
  package let journal: [JournalEntry]
  /// The sequence number of the first of them.
  package let firstSequence: Int
  package let position: Position
  /// Set when the run ends with this recording.
  package let end: RunEnd?
  /// Set when the fate of something sent is not known: the run is marked for a person to see.
  package let marksUnknown: Bool
  /// Set when the action names a contact that is the run's from here on.
  package let newContact: String?
  package let contactID: String?
}

/// One output of `Engine.handle`.
package enum EngineOutput: Sendable {
  case call(CallOrder)
  case record(RecordOrder)
  /// Read unfinished runs with ids above `after`, at most `limit`, in the order of their ids.
  case claim(after: RunID, limit: Int)
  /// A run has ended and is on disk.
  case finished(RunID, RunEnd)
  /// A run was dropped because somebody else ended it.
  case dropped(RunID)
  /// Call `handle(.woke)` at this time.
  case wake(at: UInt64)
}

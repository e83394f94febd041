// SPDX-License-Identifier: Apache-2.0
// A call to make, and what it came to.
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
  package let connector: ConnectorID
  package let attempt: AttemptNumber
  package let shared: SharedPlan
  /// Which attempt at this place it is, from 1, counting those before a restart and not those that
  /// ran again because of a neighbour or a lost race.
  package let ordinal: Int
  /// Whether an earlier try may have sent something: what it was answered must come from the
  /// ledger (see `RunSeed.isRecovered`).
  package let mayHaveSent: Bool
  /// Whether `on_unknown: retry` decided to send again what may have been carried out.
  package let isResend: Bool
  package let context: CallContext

  package var plan: CallPlan {
    @inline(__always) _read { yield shared.plan }
  }

  /// With the run it makes the idempotency key.
  package var place: String { plan.place }
}

/// What a call is told about its run (`jf_call_interface.context`).
package struct CallContext: Sendable {
  package let connector: String
  package let component: String
  package let contact: JSONValue?
  package let constants: JSONObject
  /// Handed over by a call that routes it on.
  package let event: JSONValue
  package let hops: Int

  init(_ progress: borrowing RunProgress, _ component: ComponentID) {
    connector = progress.connectorName.rawValue
    self.component = component.rawValue
    contact = progress.contact
    constants = progress.constants
    event = progress.event
    hops = progress.hops
  }
}

/// References in serial keys that must be known as ids before the call may begin.
package struct ResolveOrder: Sendable {
  package let run: RunID
  package let project: ProjectID
  package let attempt: AttemptNumber
  /// Only those with a reference.
  package let parts: [SerialKeyPart]
}

/// How the call of one attempt ended, as the driver saw it.
package enum CallReport: Sendable {
  /// The action reached its own result, or the host reached one for it.
  case outcome(ActionOutcome)
  /// The action has its result, which counts once news of what it sent have come.
  case waits(NewsWait)
  /// The worker was killed for another call's sake and nothing of this call had left the host:
  /// the attempt runs again and is not counted.
  case collateral(reason: String)
  /// The host is ending and cut the call short: the run stays where it is, and goes on at the next
  /// start.
  case interrupted
}

// SPDX-License-Identifier: Apache-2.0
// One run as a value: where it stands and what it has produced.

import Calendar
import Values

/// A run between two of its calls. Pure: the same value and the same answers give the same run.
///
/// A copy costs little: what never changes is behind one reference, and what grows with the run is
/// shared between copies. The run itself is changed in one place, `record`, by the entries of its
/// journal, so that a run rebuilt from its journal is the same.
package struct RunProgress: Sendable {
  package internal(set) var facts: RunFacts
  /// The contact the run is about, an object with `id`; the host may replace it by the full one.
  package var contact: JSONValue?
  /// The component to run next; a step beyond the last when the run is over.
  package internal(set) var position: Position
  package internal(set) var saved: [String: JSONValue] = [:]
  package internal(set) var actions: [ComponentID: ActionState] = [:]
  package internal(set) var steps: [StepID: StepStatus] = [:]
  /// Set once the run is over.
  package internal(set) var end: RunEnd?
  var mode = RunMode.running
  /// The loop the run is inside of.
  var loop: LoopState?
  /// What stands between a failed action and the component after it.
  @Boxed var chain: FallbackChain?
  /// Loops with failed elements, by step: only these elements can be run again.
  var failedLoops: [Int: LoopState] = [:]
  /// How often a person had the ended run go on.
  package internal(set) var retries = 0
  /// What the run of a loop's element has saved.
  var own = JSONObject()
  /// What the statistics of steps do not have yet.
  var tallies: [StepTally] = []
  /// Whether the webhook's caller has been answered, or need not be.
  var hasResponded: Bool

  /// - Parameters:
  ///   - zone: the project's; the connector's wins.
  ///   - zones: those that templates and the connector may name.
  ///   - digests: the hashes that formatters offer.
  ///   - child: set for the run of one element of a loop.
  ///   - connectorURLs: `{name: url}` of the project's webhooks, asked for when a template is.
  package init(
    runID: RunID, project: ProjectID, constants: JSONObject = JSONObject(), connector: Connector,
    connectorVersion: Int, startedAt: Moment, event: JSONValue, contact: JSONValue? = nil,
    zone: Zone = .utc, zones: ZoneSource = .fixedOffsets, digests: Digests = .none,
    hops: Int = 0, enteredAs: EnteredAs? = nil, child: ChildScope? = nil,
    connectorURLs: @escaping @Sendable () -> JSONValue = { [:] }
  ) {
    facts = RunFacts(
      runID: runID, project: project, constants: constants, connector: connector,
      connectorVersion: connectorVersion, startedAt: startedAt, event: event,
      zone: connector.zone(in: zones) ?? zone, zones: zones, digests: digests, hops: hops,
      enteredAs: enteredAs, child: child, connectorURLs: connectorURLs)
    self.contact = contact
    hasResponded = connector.respond == nil || child != nil
    let first = facts.prelude == nil ? 0 : Position.preludeStep
    position = Position(step: child?.step ?? first, component: 0)
    if let child { take(scope: child.scope) }
  }

  package var runID: RunID { facts.runID }
  package var project: ProjectID { facts.project }
  package var constants: JSONObject { facts.constants }
  package var connector: Connector { facts.connector }
  /// The connector's.
  package var options: ConnectorOptions { facts.connector.options }
  // A connector is some seventy words long: what each step asks for is looked up in its place.
  package var connectorName: ConnectorName { facts.connector.name }
  /// Whether somebody is told of what goes wrong.
  package var isWatched: Bool { facts.connector.options.alert != nil }
  package var connectorVersion: Int { facts.connectorVersion }
  package var startedAt: Moment { facts.startedAt }
  package var event: JSONValue { facts.event }
  /// The zone of dates without one.
  package var zone: Zone { facts.zone }
  /// The zones that templates may name.
  package var zones: ZoneSource { facts.zones }
  /// The hashes its formatters offer.
  package var digests: Digests { facts.digests }
  package var hops: Int { facts.hops }
  package var enteredAs: EnteredAs? { facts.enteredAs }
  package var child: ChildScope? { facts.child }

  /// Whether it is parked, by its journal.
  package var isWaiting: Bool {
    if case .waiting = mode { true } else { false }
  }
}

/// What a run that has not ended is at.
indirect enum RunMode: Sendable, Hashable {
  case running
  /// An attempt of the call it stands at failed and another one follows. Moved in by an `attempt`
  /// entry, out by the action's own.
  case retrying(EarlierAttempts)
  /// Parked under this entry. Moved in by it, out by the entry of the wake.
  case waiting(JournalEntry)
  /// News have come, or the time has passed. Moved in by that entry, out by the action's own.
  case answered(waiting: JournalEntry, told: JournalEntry)
}

/// How a step of a run stands; absent until the run reaches it.
package enum StepStatus: String, Sendable, Hashable, CaseIterable {
  case running
  /// All its components have run.
  case passed
  /// A filter, a delay that was past due or a message that did not come ended it.
  case filtered
  /// Not entered: disabled, or jumped over.
  case skipped
  /// The run ended in it.
  case stopped
  /// The run failed in it, or left it by the `goto` of a fallback.
  case failed
}

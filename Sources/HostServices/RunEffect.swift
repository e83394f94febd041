// SPDX-License-Identifier: Apache-2.0
// What a call does to runs, gathered until its outcome is committed.
import Pipeline
import Store
import Values

/// One thing a call asked of runs. Applied in order, in the transaction that records the outcome,
/// and discarded when the action fails.
///
/// Those with a slot have a value that only the commit knows: it goes into
/// `DeferredValues.fill` under that slot.
package enum RunEffect: Sendable, Hashable {
  case start(RunStart)
  case cancelDelays(DelayCancel)
  case leaveEnrolment(RunLeave)
  /// Tells the connectors of the project what came in.
  case raise(EventRaise)
  /// Says what became of an attempt whose outcome is unknown.
  case settle(EventNews)
  /// The run that made the call ends after this action.
  case stop(reason: String)
}

extension [RunEffect] {
  /// Why the run that made the call is to stop; nil when it goes on.
  package var stopReason: String? {
    for case .stop(let reason) in self { return reason }
    return nil
  }
}

/// A run to start.
package struct RunStart: Sendable, Hashable {
  package let connector: ConnectorID
  package let name: ConnectorName
  package let version: Int64
  package let event: JSONValue
  /// The contact it is about.
  package let contact: RecordID?
  /// How many runs led to it, this one counted.
  package let hops: Int
  package let entry: RunEntry?
  package let slot: Int

  package init(
    connector: ConnectorID, name: ConnectorName, version: Int64, event: JSONValue,
    contact: RecordID?, hops: Int, entry: RunEntry?, slot: Int
  ) {
    self.connector = connector
    self.name = name
    self.version = version
    self.event = event
    self.contact = contact
    self.hops = hops
    self.entry = entry
    self.slot = slot
  }

  /// The deferred value.
  ///
  /// - Parameters:
  ///   - run: the one that was started, or the live one that was left alone.
  ///   - previous: the one that was live under the key before.
  package func value(run: RunID, isStarted: Bool, previous: RunID?) -> JSONValue {
    [
      "run": .text(run.description), "started": .boolean(isStarted),
      "previous": previous.map { .text($0.description) } ?? .null,
    ]
  }
}

/// The key a run is entered under.
package struct RunEntry: Sendable, Hashable {
  package enum IfEnrolled: String, Sendable, Hashable, CaseIterable {
    case leave, restart
  }

  package let subject: String
  package let ifEnrolled: IfEnrolled
  /// As what it is entered: `sequence`, `funnel`, `chatbot`.
  package let kind: String?

  package init(subject: String, ifEnrolled: IfEnrolled, kind: String? = nil) {
    self.subject = subject
    self.ifEnrolled = ifEnrolled
    self.kind = kind
  }
}

/// Delays to cancel.
package struct DelayCancel: Sendable, Hashable {
  /// What becomes of the runs.
  package enum Mode: String, Sendable, Hashable, CaseIterable {
    case end, resume
  }

  /// What identifies delays.
  package struct Key: Sendable, Hashable {
    package let connector: ConnectorID
    package let identifier: String

    package init(connector: ConnectorID, identifier: String) {
      self.connector = connector
      self.identifier = identifier
    }
  }

  package let keys: [Key]
  package let mode: Mode
  /// How long delays that are made later are cancelled too; nil: not.
  package let holdMS: Int64?
  package let slot: Int
  /// For the deferred value: the names of the connectors.
  let names: [ConnectorID: ConnectorName]

  package init(
    keys: [Key], mode: Mode, holdMS: Int64?, slot: Int, names: [ConnectorID: ConnectorName]
  ) {
    self.keys = keys
    self.mode = mode
    self.holdMS = holdMS
    self.slot = slot
    self.names = names
  }

  /// The deferred value: how many runs, and the first 1,000 of them.
  package func value(
    _ cancelled: [(run: RunID, connector: ConnectorID, identifier: String)]
  ) -> JSONValue {
    let listed = cancelled.prefix(1_000).map { found -> JSONValue in
      let name = names[found.connector]?.rawValue ?? found.connector.description
      return [
        "connector": .text(name), "identifier": .text(found.identifier),
        "run": .text(found.run.description),
      ]
    }
    return ["cancelled": .integer(Int64(cancelled.count)), "runs": .list(listed)]
  }
}

/// A run to take out of a connector.
package struct RunLeave: Sendable, Hashable {
  package let connector: ConnectorID
  package let subject: String
  package let slot: Int

  /// The deferred value.
  ///
  /// - Parameter run: the run that was live under the key.
  package func value(run: RunID?) -> JSONValue {
    ["run": run.map { .text($0.description) } ?? .null, "left": .boolean(run != nil)]
  }
}

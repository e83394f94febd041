// SPDX-License-Identifier: Apache-2.0
// An event that is told to the connectors of a project, whoever brings it.
import Pipeline
import Store
import Values

/// An event to raise: by a call, with its outcome, or by a person's command.
///
/// Who takes it is decided where it is made, as the versions of connectors are; what others may
/// change meanwhile, who waits for the message and what was there before, is looked at in the
/// transaction that carries it out.
package struct EventRaise: Sendable {
  package let kind: TriggerKind
  package let event: JSONValue
  /// What names it at its source; empty: it is not looked for.
  package let key: String
  /// How many runs lead to those it starts, the run that raises it counted.
  package let hops: Int
  /// For the deferred value; 0 without one.
  package let slot: Int
  /// Only this connector takes it, and nobody who waits.
  package let only: ConnectorName?
  private let setup: ProjectSetup
  private let starts: [Start]

  private struct Start: Sendable, Hashable {
    let connector: ConnectorID
    let name: ConnectorName
    let version: Int64
    let fifoKey: String?
  }

  package init(
    _ kind: TriggerKind, _ event: JSONValue, key: String = "", in setup: ProjectSetup,
    only: ConnectorName? = nil, hops: Int = 0, slot: Int = 0
  ) {
    self.kind = kind
    self.event = event
    self.key = key
    self.hops = hops
    self.slot = slot
    self.only = only
    self.setup = setup
    starts = setup.takers.filter { only == nil || $0.name == only }.taking(event, kind).map {
      Start(connector: $0.connector, name: $0.name, version: $0.version, fifoKey: $0.fifoKey(event))
    }
  }

  /// Carries it out.
  ///
  /// - Parameter origin: the run that raises it.
  /// - Throws: `StoreError`; then nothing of it is done.
  package func apply(
    _ transaction: WriteTransaction, origin: RunID? = nil, nowMS: Int64
  ) throws(StoreError) -> EventRaised {
    var raised = EventRaised()
    if !key.isEmpty {
      let isNew = try transaction.raisedKeyTake(
        setup.project, kind: kind.rawValue, key: key, nowMS: nowMS)
      guard isNew else {
        raised.isRepeated = true
        return raised
      }
    }
    if kind == .message, let sender = try sender(transaction) {
      if only == nil, let run = try wake(sender, transaction, nowMS) {
        raised.woken = run
        return raised
      }
      if !starts.isEmpty,
        try !transaction.messageAdmit(setup.project, sender: sender, nowMS: nowMS)
      {
        raised.isStopped = true
        return raised
      }
    }
    for start in starts {
      let new = NewEvent(
        project: setup.project, connector: start.connector, version: start.version,
        body: event.json, hops: hops, origin: origin, fifoKey: start.fifoKey)
      let run = try transaction.runStart(new, nowMS: nowMS).run
      raised.started.append(.init(connector: start.connector, name: start.name, run: run))
    }
    return raised
  }

  /// Whom a message is from: `contact` or `contact.id` of the event, else the contact with its
  /// channel and number, or both as they are compared; nil for a message that names nobody.
  private func sender(_ transaction: WriteTransaction) throws(StoreError) -> String? {
    let named = event["contact"].map { $0["id"] ?? $0 }
    if let id = named?.asText ?? named?.asInteger.map(String.init), !id.isEmpty { return id }
    guard let channel = event["channel"], let number = event["number"] else { return nil }
    let reference = ReferenceResolution.Reference(
      kind: "contact", value: ["channel": channel, "number": number])
    return try ReferenceResolution(setup: setup).ids(of: reference, transaction).first
  }

  /// Hands a message to a run that waits for one of its sender; of several the one that asked last
  /// has it, for that is what a person answers.
  private func wake(
    _ sender: String, _ transaction: WriteTransaction, _ nowMS: Int64
  ) throws(StoreError) -> RunID? {
    var waiting: [RunRow] = []
    for run in try transaction.messageWaiters(setup.project, contact: sender) {
      if let row = try transaction.runGet(run) { waiting.append(row) }
    }
    waiting.sort { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
    let payload = waiting.isEmpty ? "" : event.json
    for row in waiting {
      if try transaction.messageWake(row.id, payload: payload, nowMS: nowMS) { return row.id }
    }
    return nil
  }
}

extension EventRaise: Hashable {
  package static func == (one: EventRaise, other: EventRaise) -> Bool {
    (one.kind, one.key, one.hops, one.slot) == (other.kind, other.key, other.hops, other.slot)
      && one.event == other.event && one.only == other.only && one.starts == other.starts
      && one.setup.project == other.setup.project
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(key)
    hasher.combine(event)
    hasher.combine(slot)
  }
}

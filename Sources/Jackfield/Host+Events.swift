// SPDX-License-Identifier: Apache-2.0
// Events that come in by another way than a webhook's URL.
import HostServices
import Pipeline
import Store
import Synchronization
import Values

/// What became of an event that was raised.
public struct RaisedEvent: Sendable {
  /// The runs it started, by connector.
  public let started: [(connector: String, run: Int64)]
  /// The run that was waiting for this message and goes on with it.
  public let woken: Int64?
  /// Why it started nothing, where it did not.
  public let note: String?

  /// **Shape** `{runs: [{connector, run}], woken?, note?}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "runs": .list(
        started.map { ["connector": .text($0.connector), "run": .text(String($0.run))] })
    ]
    if let woken { value["woken"] = .text(String(woken)) }
    if let note { value["note"] = .text(note) }
    return .object(value)
  }
}

extension Host {
  /// Raises an event of a kind: every connector of the project whose trigger takes it starts a run.
  /// A message first goes to a run that waits for one of its contact, and then starts none.
  /// Of several that take a message only the best one does: the highest priority, then the longest
  /// keyword, then the first by name.
  ///
  /// - Parameters:
  ///   - kind: as a connector's trigger names it, all but `webhook` and `schedule`.
  ///   - key: names the event at its source: the same kind and key within seven days raise nothing
  ///     again.
  ///   - connector: only this one; needed for kind `connector`.
  /// - Throws: `HostError`, codes `bad_event`, `unknown_trigger`, `unknown_connector`.
  public func raise(
    _ kind: String, _ event: JSONValue, project: String, key: String = "",
    connector: String? = nil
  ) throws(HostError) -> RaisedEvent {
    let kind = try Host.raisable(kind)
    guard case .object = event else {
      throw HostError("bad_event", "an event is a JSON object, not a \(event.typeName)")
    }
    if kind == .connector, connector == nil {
      throw HostError("bad_event", "name the connector that takes the event with --connector NAME")
    }
    let length = key.unicodeScalars.count
    guard length <= HostServicesLimits.eventKeyLength else {
      throw HostError(
        "bad_event",
        "the key has \(length) characters, the most is \(HostServicesLimits.eventKeyLength)")
    }
    let project = try self.project(named: project)
    if let connector { _ = try self.connector(named: connector, in: project) }
    let raise = EventRaise(
      kind, event, key: key, in: try setup(of: project).0,
      only: connector.map { ConnectorName(rawValue: $0) })
    return Host.told(try carryOut(raise, in: project), of: kind, in: project)
  }

  private static func raisable(_ text: String) throws(HostError) -> TriggerKind {
    guard let kind = TriggerKind.raisable.first(where: { $0.rawValue == text }) else {
      let near = Suggestion.text(for: text, among: TriggerKind.raisable.map(\.rawValue))
      throw HostError("unknown_trigger", "no event of kind \"\(text)\" can be raised\(near)")
    }
    return kind
  }

  /// As a call's is, but in a transaction of its own. The running parts are told on the loop, in the
  /// order of the commits: the engine counts on it.
  private func carryOut(
    _ raise: EventRaise, in project: ProjectID
  ) throws(HostError) -> EventRaised {
    let now = Host.now()
    guard let runtime else {
      return try writing { transaction throws(StoreError) in
        try raise.apply(transaction, nowMS: now)
      }
    }
    let done = Signal()
    let result = Mutex<Result<EventRaised, StoreError>?>(nil)
    store.write({ transaction throws(StoreError) in
      try raise.apply(transaction, nowMS: now)
    }) { outcome in
      if case .success(let raised) = outcome {
        for start in raised.started { runtime.scheduler.ready(of: start.connector, project) }
        if raised.woken != nil { runtime.scheduler.due(at: 0) }
      }
      result.withLock { $0 = outcome }
      done.give()
    }
    _ = done.wait(seconds: 60)
    switch result.withLock({ $0 }) {
    case .success(let raised): return raised
    case .failure(let error): throw HostError(error.code.rawValue, error.message)
    case nil: throw HostError("host_busy", "the event was not on disk within 60 s")
    }
  }

  private static func told(
    _ raised: EventRaised, of kind: TriggerKind, in project: ProjectID
  ) -> RaisedEvent {
    var note: String?
    if raised.isRepeated {
      note = "an event of kind \(kind.rawValue) with this key was raised before"
    } else if raised.isStopped {
      note =
        "the loop guard stopped it: a contact's messages start at most "
        + "\(StoreLimits.repliesPerWindow) runs in a minute, or two machines would answer each "
        + "other for ever"
    } else if raised.woken == nil, raised.started.isEmpty {
      note = "no connector of \(project) takes this \(kind.rawValue)"
    }
    return RaisedEvent(
      started: raised.started.map { ($0.name.rawValue, $0.run.rawValue) },
      woken: raised.woken?.rawValue, note: note)
  }
}

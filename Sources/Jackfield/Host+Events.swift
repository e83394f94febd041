// SPDX-License-Identifier: Apache-2.0
// Events that come in by another way than a webhook's URL.
import Pipeline
import Store
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
  ///   - connector: only this one; needed for kind `connector`.
  /// - Throws: `HostError`, codes `bad_event`, `unknown_trigger`, `unknown_connector`.
  public func raise(
    _ kind: String, _ event: JSONValue, project: String, connector: String? = nil
  ) throws(HostError) -> RaisedEvent {
    let kind = try Host.raisable(kind)
    guard case .object = event else {
      throw HostError("bad_event", "an event is a JSON object, not a \(event.typeName)")
    }
    if kind == .connector, connector == nil {
      throw HostError("bad_event", "name the connector that takes the event with --connector NAME")
    }
    let project = try self.project(named: project)
    let sender = kind == .message ? try sender(of: event, in: project) : nil
    if let sender, connector == nil, let run = try wake(with: event, from: sender) {
      return RaisedEvent(started: [], woken: run.rawValue, note: nil)
    }
    let takers = try takers(of: kind, event, in: project, named: connector)
    let chosen = kind == .message ? best(of: takers, for: event) : takers
    if !chosen.isEmpty, let sender, !admits(sender) {
      return RaisedEvent(started: [], woken: nil, note: Host.tooManyReplies)
    }
    var started: [(connector: String, run: Int64)] = []
    for taker in chosen {
      let run = try start(taker.row, taker.connector, event: event)
      started.append((taker.row.name.rawValue, run.rawValue))
    }
    let note = started.isEmpty ? "no connector of \(project) takes this \(kind.rawValue)" : nil
    return RaisedEvent(started: started, woken: nil, note: note)
  }

  private static let tooManyReplies =
    "the loop guard stopped it: a contact's messages start at most \(MessageGuard.most) runs in a "
    + "minute, or two machines would answer each other for ever"

  private struct Taker {
    let row: ConnectorRow
    let connector: Connector
  }

  private static func raisable(_ text: String) throws(HostError) -> TriggerKind {
    let kinds = TriggerKind.allCases.filter { $0 != .webhook && $0 != .schedule }
    guard let kind = kinds.first(where: { $0.rawValue == text }) else {
      let names = kinds.map(\.rawValue)
      let near = Suggestion.text(for: text, among: names)
      throw HostError("unknown_trigger", "no event of kind \"\(text)\" can be raised\(near)")
    }
    return kind
  }

  /// The enabled connectors whose trigger is of the kind and takes the event, by name.
  private func takers(
    of kind: TriggerKind, _ event: JSONValue, in project: ProjectID, named name: String?
  ) throws(HostError) -> [Taker] {
    if let name { _ = try connector(named: name, in: project) }
    let (library, log) = (library, options.log)
    return try reading { transaction throws(StoreError) in
      var takers: [Taker] = []
      for row in try transaction.connectorList(project) where row.isEnabled {
        guard name == nil || row.name.rawValue == name else { continue }
        do throws(StoreError) {
          let connector = try library.connector(row.id, version: row.version, in: transaction)
          guard connector.trigger.kind == kind, connector.trigger.accepts(event) else { continue }
          takers.append(Taker(row: row, connector: connector))
        } catch {
          guard error.code == .damaged else { throw error }
          log("connector \(row.name) of \(row.project) is left out: \(error.message)")
        }
      }
      return takers
    }
  }

  private func best(of takers: [Taker], for event: JSONValue) -> [Taker] {
    let text = event["text"]?.asText ?? ""
    var found: (taker: Taker, match: MessageMatch)?
    for taker in takers {
      guard case .message(let trigger) = taker.connector.trigger, let match = trigger.match(text)
      else { continue }
      if let known = found, known.match >= match { continue }
      found = (taker, match)
    }
    return found.map { [$0.taker] } ?? []
  }
}

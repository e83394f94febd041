// SPDX-License-Identifier: Apache-2.0
// A connector's life after it was applied: on, off, its URL, what arrived at it.
import Calendar
import Pipeline
import Store
import Values

/// A body that arrived at a connector's URL, and what became of it.
public struct ReceivedEvent: Sendable {
  /// Names it for a replay, whatever arrives meanwhile: `r12` is the event of run 12, `b7` a body
  /// that became none.
  public let id: String
  /// `accepted`, `duplicate`, `bad_signature`, `no_secret`, `too_large`, `bad_json`, `bad_body`,
  /// `unsupported`.
  public let verdict: String
  /// The run it became.
  public let run: Int64?
  public let body: [UInt8]
  /// **Unit**: milliseconds since 1970.
  public let receivedAt: Int64

  /// **Shape** `{id, verdict, run?, received_at, body}`; a body that is no JSON is a text.
  public var value: JSONValue {
    var value: JSONObject = [
      "id": .text(id), "verdict": .text(verdict),
      "received_at": .text(Moment(milliseconds: receivedAt).iso),
      "body": (try? JSONValue(parsing: body)) ?? .text(String(decoding: body, as: UTF8.self)),
    ]
    if let run { value["run"] = .integer(run) }
    return .object(value)
  }
}

extension Host {
  /// Lets a connector take events, or not; its URL answers 503 while it is off, so senders try
  /// again, and runs under way go on.
  ///
  /// A schedule owes nothing for the time it was off, whatever its `misfire` says: that is about
  /// times the host missed, and somebody switched this off on purpose.
  public func enableConnector(
    _ name: String, project: String, _ isEnabled: Bool
  ) throws(HostError) -> ConnectorSummary {
    try change { () throws(HostError) -> ConnectorSummary in
      let project = try self.project(named: project)
      let row = try connector(named: name, in: project)
      try refuseHostMade(row)
      let now = Host.now()
      try writing { transaction throws(StoreError) in
        try transaction.connectorEnable(row.id, isEnabled, nowMS: now)
        if row.isEnabled != isEnabled { try transaction.scheduleRemove(row.id) }
      }
      try reconfigure(project)
      return try summary(try connector(named: name, in: project))
    }
  }

  /// Gives a connector a new URL; the old one answers 410 from now on.
  public func rotateConnectorURL(
    _ name: String, project: String
  ) throws(HostError) -> ConnectorSummary {
    try change { () throws(HostError) -> ConnectorSummary in
      let project = try self.project(named: project)
      let row = try connector(named: name, in: project)
      let (now, sodium) = (Host.now(), sodium)
      let changed = try writing { transaction throws(StoreError) in
        try transaction.connectorRotate(row.id, nowMS: now, makeToken: { sodium.randomToken() })
      }
      try reconfigure(project)
      return try summary(changed)
    }
  }

  /// The last bodies that arrived at a connector's URL, newest first.
  public func receivedEvents(
    _ name: String, project: String
  ) throws(HostError) -> [ReceivedEvent] {
    let project = try self.project(named: project)
    let row = try connector(named: name, in: project)
    return try reading { transaction throws(StoreError) in
      // An accepted body is kept once, as the event of its run; the others stand in their own table.
      var found: [ReceivedEvent] = []
      for run in try transaction.runSearch(
        project, connector: row.id, limit: Int(StoreLimits.receivedBodies))
      {
        let body = try transaction.runEvent(run.id)?.body ?? "{}"
        found.append(
          ReceivedEvent(
            id: "r\(run.id)", verdict: "accepted", run: run.id.rawValue, body: Array(body.utf8),
            receivedAt: run.startedAt))
      }
      for received in try transaction.receivedList(row.id) {
        found.append(
          ReceivedEvent(
            id: "b\(received.id)", verdict: received.verdict, run: received.run?.rawValue,
            body: received.body ?? [], receivedAt: received.receivedAt))
      }
      found.sort { $0.receivedAt > $1.receivedAt }
      return Array(found.prefix(Int(StoreLimits.receivedBodies)))
    }
  }

  /// One of the last bodies that arrived.
  ///
  /// - Throws: `HostError`, code `unknown_event`.
  public func receivedEvent(
    _ id: String, of name: String, project: String
  ) throws(HostError) -> ReceivedEvent {
    let events = try receivedEvents(name, project: project)
    guard let event = events.first(where: { $0.id == id }) else {
      throw HostError(
        "unknown_event",
        "no event \"\(id)\" is among the last \(events.count) of \(name): jackfield connector events "
          + "\(name) lists them with their ids, such as r12 or b7")
    }
    return event
  }

  /// Starts a run on an event received before, as if it had just come in; signature and dedupe
  /// are not asked again, because a person does this on purpose.
  ///
  /// - Parameter id: of one of `receivedEvents`.
  /// - Throws: `HostError`, codes `unknown_event`, `bad_event`.
  public func replayEvent(
    _ id: String, of name: String, project: String
  ) throws(HostError) -> Int64 {
    let event = try receivedEvent(id, of: name, project: project)
    guard let value = try? JSONValue(parsing: event.body), case .object = value else {
      throw HostError(
        "bad_event",
        "event \(id) of \(name) is no JSON object (\(event.verdict)): it cannot be replayed")
    }
    let (row, connector) = try current(name, project: project)
    return try start(row, connector, event: value).rawValue
  }

  /// A connector with its newest version, read.
  package func current(
    _ name: String, project: String
  ) throws(HostError) -> (ConnectorRow, Connector) {
    let project = try self.project(named: project)
    let row = try connector(named: name, in: project)
    let library = library
    let connector = try reading { transaction throws(StoreError) in
      try library.connector(row.id, version: row.version, in: transaction)
    }
    return (row, connector)
  }
}

// SPDX-License-Identifier: Apache-2.0
// What actions sent, what came back, and the shape their answers are expected to have.
import Calendar
import Pipeline
import Store
import Values

/// The shape that was learned of an action's answers, and another that came since.
public struct LearnedResponse: Sendable {
  /// The action's id in its connector.
  public let action: String
  /// **Unit**: milliseconds since 1970.
  public let learnedAt: Int64
  /// **Shape** a place is `{k?: [kind], m?: {name: place}, o?: [name], e?: place}`.
  public let shape: JSONValue
  /// The later shape, and when it first came; nil while all answers fit.
  public let changed: (shape: JSONValue, at: Int64)?
  /// Where the later one differs, in words; empty while all answers fit.
  public let difference: String

  init(_ row: ShapeRow) {
    action = row.component
    learnedAt = row.learnedAt
    shape = Host.json(row.shape)
    guard let text = row.changed else {
      (changed, difference) = (nil, "")
      return
    }
    let new = Host.json(text)
    changed = (new, row.changedAt ?? row.learnedAt)
    difference =
      "\(ResponseShape(value: new).difference(from: ResponseShape(value: shape)))"
  }

  /// **Shape** `{action, learned_at, shape, changed?, changed_at?, difference?}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "action": .text(action), "learned_at": .text(Moment(milliseconds: learnedAt).iso),
      "shape": shape,
    ]
    if let changed {
      value["changed"] = changed.shape
      value["changed_at"] = .text(Moment(milliseconds: changed.at).iso)
      value["difference"] = .text(difference)
    }
    return .object(value)
  }
}

/// One HTTP exchange of an action; secrets were taken out before it was stored.
public struct HTTPExchange: Sendable {
  /// Counts from 1, the newest.
  public let number: Int
  public let run: Int64
  public let connector: String
  /// The action's id in its connector.
  public let action: String
  /// nil where no answer came.
  public let status: Int?
  /// **Shape** `{attempt, request: {method, url, headers}, response?: {status, headers}, error?}`.
  public let head: JSONValue
  /// As much of the bodies as is kept, and their whole sizes in bytes.
  public let request: (body: [UInt8], size: Int)
  public let response: (body: [UInt8], size: Int)
  /// **Unit**: milliseconds since 1970.
  public let startedAt: Int64
  public let durationMS: Int64

  init(_ row: ExchangeRow, of connector: ConnectorName, number: Int) {
    self.number = number
    self.connector = connector.rawValue
    run = row.run.rawValue
    action = row.component
    status = row.status
    head = Host.json(row.head)
    request = (row.request, row.requestSize)
    response = (row.response, row.responseSize)
    startedAt = row.startedAt
    durationMS = row.durationMS
  }

  /// **Shape** `{number, run, connector, action, started_at, duration_ms, status?, head, request_body, request_size,
  /// response_body, response_size}`; bodies are texts.
  public var value: JSONValue {
    var value: JSONObject = [
      "number": .integer(Int64(number)), "run": .text(String(run)),
      "connector": .text(connector), "action": .text(action), "started_at": .text(Moment(milliseconds: startedAt).iso),
      "duration_ms": .integer(durationMS), "head": head,
      "request_body": .text(String(decoding: request.body, as: UTF8.self)),
      "request_size": .integer(Int64(request.size)),
      "response_body": .text(String(decoding: response.body, as: UTF8.self)),
      "response_size": .integer(Int64(response.size)),
    ]
    if let status { value["status"] = .integer(Int64(status)) }
    return .object(value)
  }
}

extension Host {
  /// What was learned of the answers of a connector's actions, by action.
  ///
  /// - Throws: `HostError`, code `unknown_connector`.
  public func learnedResponses(
    of name: String, project: String
  ) throws(HostError) -> [LearnedResponse] {
    let row = try connector(named: name, in: try self.project(named: project))
    return try reading { transaction throws(StoreError) in
      try transaction.shapeList(row.id).map { LearnedResponse($0) }
    }
  }

  /// Takes the later shape of an action's answers as the one to expect from now on.
  ///
  /// - Returns: both shapes as they stood before.
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_action`, `nothing_changed`.
  public func acceptResponse(
    of action: String, in name: String, project: String
  ) throws(HostError) -> LearnedResponse {
    try change { () throws(HostError) -> LearnedResponse in
      let row = try connector(name, withAction: action, project: project)
      let now = Host.now()
      let before = try writing { transaction throws(StoreError) -> LearnedResponse? in
        let before = try transaction.shapeGet(row.id, action)
        _ = try transaction.shapeAccept(row.id, action, nowMS: now)
        return before.map { LearnedResponse($0) }
      }
      guard let before else {
        throw HostError(
          "nothing_changed", "no answer of \(action) was learned yet: the first JSON it gets is")
      }
      guard before.changed != nil else {
        throw HostError(
          "nothing_changed",
          "every answer of \(action) has had the shape of "
            + "\(Moment(milliseconds: before.learnedAt).iso): there is no other to accept")
      }
      return before
    }
  }

  /// The last HTTP exchanges of an action, newest first; of all of a connector's, or of a project's,
  /// where none is named.
  ///
  /// - Throws: `HostError`, codes `unknown_connector`, `unknown_action`.
  public func exchanges(
    of action: String? = nil, in name: String? = nil, project: String
  ) throws(HostError) -> [HTTPExchange] {
    let project = try self.project(named: project)
    let named: ConnectorRow?
    switch (name, action) {
    case (let name?, let action?):
      named = try connector(name, withAction: action, project: project.rawValue)
    case (let name?, nil): named = try connector(named: name, in: project)
    case (nil, _): named = nil
    }
    let most = Int(StoreLimits.exchanges)
    let found = try reading { transaction throws(StoreError) in
      var connectors = named.map { [$0] } ?? []
      if named == nil { connectors = try transaction.connectorList(project) }
      var found: [(row: ExchangeRow, name: ConnectorName)] = []
      for connector in connectors {
        let rows = try transaction.exchangeList(connector.id, component: action, limit: most)
        found += rows.map { ($0, connector.name) }
      }
      return found
    }
    return found.sorted { $0.row.id > $1.row.id }.prefix(most).enumerated().map { index, each in
      HTTPExchange(each.row, of: each.name, number: index + 1)
    }
  }

  /// A connector that has an action of this id, or had one that left something behind.
  private func connector(
    _ name: String, withAction action: String, project: String
  ) throws(HostError) -> ConnectorRow {
    let (row, connector) = try current(name, project: project)
    let actions = connector.actionIDs.map(\.rawValue)
    guard !actions.contains(action) else { return row }
    let isKnown = try reading { transaction throws(StoreError) in
      if try transaction.shapeGet(row.id, action) != nil { return true }
      return try !transaction.exchangeList(row.id, component: action, limit: 1).isEmpty
    }
    guard isKnown else {
      let near = Suggestion.text(for: action, among: actions)
      throw HostError("unknown_action", "\(name) has no action with the id \"\(action)\"\(near)")
    }
    return row
  }
}

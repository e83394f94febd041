// SPDX-License-Identifier: Apache-2.0
// Trying one action out: what it would send, or what comes of sending it.
import HostServices
import Pipeline
import Store
import Values

extension Host {
  /// An action to be tried.
  public struct TrialOrder: Sendable {
    /// The action, as `http.request`.
    public var use: String
    /// Its parameters, attributes included.
    public var parameters: JSONValue
    public var event: JSONValue
    /// Whether it really happens. Without it requests are put together, and that is all.
    public var sends: Bool
    /// The connector and its action that are to learn the answer's shape.
    public var learner: (connector: String, action: String)?

    public init(
      use: String, parameters: JSONValue, event: JSONValue = [:], sends: Bool = false,
      learner: (connector: String, action: String)? = nil
    ) {
      self.use = use
      self.parameters = parameters
      self.event = event
      self.sends = sends
      self.learner = learner
    }
  }

  /// An action of a connector's document, as it is tried.
  ///
  /// - Throws: `HostError`, codes `bad_document`, `unknown_action`.
  public func trialOrder(
    of action: String, in source: [UInt8], event: JSONValue, sends: Bool
  ) throws(HostError) -> TrialOrder {
    guard let document = try? JSONValue(parsing: source) else {
      throw HostError("bad_document", "the document is no JSON: jackfield connector check says where")
    }
    var ids: [String] = []
    for step in document["steps"]?.asList ?? [] {
      for component in step["components"]?.asList ?? [] {
        guard let found = component["action"], let id = found["id"]?.asText else { continue }
        ids.append(id)
        guard id == action else { continue }
        return TrialOrder(
          use: found["use"]?.asText ?? "", parameters: found["with"] ?? [:], event: event,
          sends: sends, learner: document["name"]?.asText.map { ($0, action) })
      }
    }
    let near = Suggestion.text(for: action, among: ids)
    throw HostError("unknown_action", "the document has no action with the id \"\(action)\"\(near)")
  }

  /// Tries an action out. Its run is kept and shown like any other, of a connector that is only this.
  ///
  /// - Returns: what was found wrong with its parameters instead, where something was.
  /// - Throws: `HostError`, codes `unknown_action`, `project_paused`, `trial_waits`.
  public func tryAction(
    _ order: TrialOrder, project name: String, seconds: Double = 120,
    meanwhile: () -> Bool = { true }
  ) throws(HostError) -> (trial: ActionTrial?, findings: [String]) {
    let action = try action(order.use)
    guard try pausedAt(name) == nil else {
      throw HostError(
        "project_paused", "project \(name) is paused, its runs stand still: jackfield project resume "
          + name)
    }
    let connector = order.sends ? "jackfield_try" : CallerFacts.trialConnector.rawValue
    let document: JSONValue = [
      "format": 1, "project": .text(name), "name": .text(connector), "trigger": ["webhook": [:]],
      "steps": [
        [
          "id": "trial",
          "components": [
            [
              "action": [
                "id": "tried", "use": .text(action.id.rawValue), "with": order.parameters,
                "retry": ["attempts": 1],
              ]
            ]
          ],
        ]
      ],
    ]
    let source = document.jsonBytes
    let checked = try check(source, project: name)
    guard let parsed = checked.connector else {
      return (nil, checked.findings.map { $0.text(in: action.id.rawValue) })
    }
    let row = try draft(source, parsed, checked.project)
    let run = try start(row, parsed, event: order.event)
    guard wait(for: run, seconds: seconds, meanwhile: meanwhile) else {
      throw HostError(
        "trial_waits", "run \(run) has not ended: jackfield runs explain \(run) says why")
    }
    return (try trial(order, action.id, run, row), [])
  }

  private func trial(
    _ order: TrialOrder, _ action: ActionID, _ run: RunID, _ row: ConnectorRow
  ) throws(HostError) -> ActionTrial {
    let rows = try reading { transaction throws(StoreError) in
      try transaction.exchangeList(row.id, limit: Int(StoreLimits.exchanges))
    }
    let exchanges = rows.filter { $0.run == run }.reversed().enumerated().map { index, exchange in
      HTTPExchange(exchange, of: row.name, number: index + 1)
    }
    let entry = try self.run(run.rawValue).entries.last { $0.attempt != nil }
    let content = entry?.content ?? [:]
    var outcome: JSONObject = ["status": content["status"] ?? "failed"]
    for name in ["output", "error"] { outcome[name] = content[name] }
    let shape = content["output"]?["json"].map { ResponseShape(of: $0).value }
    return ActionTrial(
      use: action.rawValue, run: run.rawValue, isSent: order.sends, exchanges: Array(exchanges),
      outcome: .object(outcome), learnedBy: try learn(shape, order, row.project), shape: shape)
  }

  /// Takes the shape as the one to expect, where the connector is there and has the action.
  private func learn(
    _ shape: JSONValue?, _ order: TrialOrder, _ project: ProjectID
  ) throws(HostError) -> String? {
    guard order.sends, let shape, let learner = order.learner else { return nil }
    let (library, now) = (library, Host.now())
    return try writing { transaction throws(StoreError) -> String? in
      let rows = try transaction.connectorList(project)
      guard let row = rows.first(where: { $0.name.rawValue == learner.connector }),
        let connector = try? library.connector(row.id, version: row.version, in: transaction),
        connector.actionIDs.contains(where: { $0.rawValue == learner.action })
      else { return nil }
      try transaction.shapePut(row.id, learner.action, shape: shape.json, nowMS: now)
      return learner.connector
    }
  }
}

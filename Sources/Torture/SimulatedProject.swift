// SPDX-License-Identifier: Apache-2.0
// The documents a simulated host runs: a connector for each thing that can go wrong.

import Engine
import Pipeline
import Schema
import Store
import Values

/// One of the connectors of a simulation.
enum SimulatedConnector: String, CaseIterable, Sendable {
  /// Actions of every effect class, one after the other.
  case plain
  /// The runs of a contact one after the other, with retries and a delay between.
  case ordered
  /// Delays with identifiers.
  case delayed
  /// Cancels such delays.
  case canceller
  /// Routes to itself, until the hops are used up.
  case loop
  /// Wants serial keys, by name or by id.
  case locked
  /// A run for each element of a list.
  case elements
  /// Waits until a contact writes.
  case chat
  /// Enters a contact into the delayed connector, at most once at a time.
  case enroller
  /// Fallbacks: another action in place of one that failed, and a later step.
  case backed
  /// Goes through the elements of a list inside the run.
  case each
  /// Calls a plugin with a rate, which is disabled now and then.
  case metered

  var name: ConnectorName { ConnectorName(rawValue: rawValue) }
}

/// What every seed has in common.
struct SimulatedProject: Sendable {
  static let id = ProjectID(rawValue: "acme")
  /// The plugin with a rate.
  static let meter: PluginID = "meter"
  static let meterCalls = 2
  static let meterSeconds = 20

  let connectors: [SimulatedConnector: Connector]
  let documents: [SimulatedConnector: String]
  let rules: ProjectRules
  /// As long as the plugin with a rate is disabled.
  let rulesWithoutMeter: ProjectRules
  let tally: RecordSchema
  let contact: RecordSchema

  /// Reads the documents: the very reader of the product.
  init() throws {
    var connectors: [SimulatedConnector: Connector] = [:]
    var documents: [SimulatedConnector: String] = [:]
    for kind in SimulatedConnector.allCases {
      let text = SimulatedProject.document(kind)
      let source = try JSONDocument(source: Array(text.utf8))
      guard let connector = Connector.parse(source).connector else {
        throw TortureError.document("connector \(kind.rawValue) of the simulation does not parse")
      }
      connectors[kind] = connector
      documents[kind] = text
    }
    self.connectors = connectors
    self.documents = documents
    rules = try SimulatedProject.rules(isMeterEnabled: true)
    rulesWithoutMeter = try SimulatedProject.rules(isMeterEnabled: false)
    var tally = CollectionManifest(name: "tally")
    tally.fields = [CollectionField(name: "value", type: .number)]
    self.tally = RecordSchema(tally)
    contact = RecordSchema(CollectionManifest(name: "contact"))
  }

  // MARK: the plugin

  private static func rules(isMeterEnabled: Bool) throws -> ProjectRules {
    let effects: [(SimulatedAction, SideEffect)] = [
      (.note, .pure), (.count, .idempotent), (.tally, .idempotent), (.send, .keyed),
      (.post, .atMostOnce), (.lock, .keyed), (.route, .idempotent), (.cancel, .idempotent),
      (.enter, .idempotent), (.meter, .idempotent),
    ]
    let schema = try JSONSchema(
      parsing: [
        "type": "object",
        "properties": [
          "to": ["type": "string"], "resource": ["type": "string", "x-ref": "resource"],
        ],
      ])
    var actions: [ActionID: PolicyInputs] = [:]
    for (action, effect) in effects {
      var manifest = ActionManifest(id: action.id, sideEffect: effect, parameters: schema)
      if action == .lock { manifest.serialKey = ["resource"] }
      actions[action.id] = PolicyInputs(manifest: manifest)
    }
    actions[SimulatedAction.meter.id]?.project = meterPolicy
    if !isMeterEnabled {
      actions[SimulatedAction.meter.id]?.refusal = ActionFailure(
        .denied, code: "plugin_not_enabled", message: "a person disabled it")
    }
    return ProjectRules(actions: actions)
  }

  private static var meterPolicy: PluginPolicy {
    var policy = PluginPolicy()
    policy.rate = RatePolicy(calls: meterCalls, per: .seconds(meterSeconds))
    policy.whenDisabled = .wait
    return policy
  }

  // MARK: the documents

  private static func action(
    _ id: String, _ action: SimulatedAction, _ rest: String = "", with: String = ""
  ) -> String {
    """
    {"action": {"id": "\(id)", "use": "\(action.id)", "with": {\(with)}\(rest)}}
    """
  }

  private static let again = #", "retry": {"attempts": 4, "first_wait": "1 s", "budget": "10 min"}"#
  private static let onward = #", "fallback": "continue""#

  private static func delay(_ id: String, _ amount: String) -> String {
    """
    {"delay": {"id": "\(id)", "amount": "\(amount)", "identifier": "{{event.contact}}"}}
    """
  }

  private static func document(_ kind: SimulatedConnector) -> String {
    var options = ""
    var loop = ""
    var after = ""
    let components: [String]
    switch kind {
    case .plain:
      options = #""options": {"concurrency": 2},"#
      components = [
        action("a", .count), action("b", .tally, onward), action("c", .send, again + onward),
        action("d", .post, onward + #", "on_unknown": "continue""#), action("e", .note),
      ]
    case .ordered:
      options = #""options": {"fifo": "contact"},"#
      components = [
        action("a", .send, again + onward), delay("w", "4 s"), action("b", .send, again + onward),
      ]
    case .delayed:
      components = [
        action("a", .count), delay("w", "{{event.wait}}"), action("b", .post, onward),
        delay("v", "3 s"), action("c", .count),
      ]
    case .canceller:
      components = [
        action("a", .cancel, with: #""to": "{{event.contact}}""#), action("b", .tally, onward),
      ]
    case .loop: components = [action("a", .count), action("b", .route)]
    case .locked:
      components = [
        action("a", .lock, again + onward, with: #""resource": "{{event.resource}}""#),
        action("b", .tally, onward),
      ]
    case .elements:
      loop = #""for_each": {"in": "{{event.list}}"}, "#
      after = #", {"id": "after", "components": [\#(action("c", .note))]}"#
      components = [action("a", .count), delay("w", "2 s"), action("b", .send, again + onward)]
    case .chat:
      components = [
        #"{"wait_for_message": {"id": "m", "save": "said", "within": "20 s"}}"#,
        action("a", .count),
      ]
    case .enroller:
      components = [
        action("a", .enter, with: #""to": "{{event.contact}}""#), action("b", .tally, onward),
      ]
    case .backed:
      let other = action("a2", .send, again + onward)
      components = [
        action(
          "a", .post,
          """
          , "on_unknown": "fail", "fallback": [
            {"on": {"class": ["unknown_outcome"]}, "do": "continue"}, {"do": \(other)}]
          """),
        action("b", .send, #", "fallback": [{"do": {"goto": "after"}}]"#), action("c", .count),
      ]
      after = #", {"id": "after", "components": [\#(action("d", .tally, onward))]}"#
    case .each:
      loop = #""for_each": {"in": "{{event.list}}"}, "#
      components = [action("a", .tally, onward), action("b", .send, again + onward)]
    case .metered: components = ["a", "b", "c"].map { action($0, .meter, onward) }
    }
    let list = components.joined(separator: ",")
    return """
      {"format": 1, "project": "acme", "name": "\(kind.rawValue)", \(options)
       "trigger": {"webhook": {}},
       "steps": [{"id": "only", \(loop)"components": [\(list)]}\(after)]}
      """
  }
}

/// What the simulated plugin offers.
enum SimulatedAction: String, Sendable {
  /// Does nothing.
  case note
  /// Inserts a record.
  case count
  /// Adds to a record that others add to as well.
  case tally
  /// Makes a request with an idempotency key.
  case send
  /// Makes a request that must not be made twice.
  case post
  /// Makes a request under a serial key.
  case lock
  /// Hands the event to the same connector.
  case route
  /// Cancels the delays of a contact.
  case cancel
  /// Starts a run under a contact's key.
  case enter
  /// Does nothing, so many times in a time.
  case meter

  var id: ActionID {
    self == .meter ? ActionID("\(SimulatedProject.meter).\(rawValue)") : ActionID("sim.\(rawValue)")
  }

  init?(_ id: ActionID) {
    self.init(rawValue: String(id.rawValue.drop { $0 != "." }.dropFirst()))
  }

  /// Whether it makes a request.
  var isEgress: Bool { self == .send || self == .post || self == .lock }
}

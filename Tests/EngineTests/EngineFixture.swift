// SPDX-License-Identifier: Apache-2.0
// A project with two plugins, and connectors of any components.
import Calendar
import Schema
import Testing
import Values

@testable import Engine
@testable import Pipeline

/// What the engine's tests share: documents, rules, seeds of runs.
enum EngineFixture {
  static let project = ProjectID(rawValue: "acme")
  static let row = ConnectorID(1)

  /// A connector of one step with these components.
  static func connector(
    _ components: [Component], options: ConnectorOptions = ConnectorOptions()
  ) throws -> Connector {
    let text = """
      {"format": 1, "project": "acme", "name": "many", "trigger": {"webhook": {}},
       "steps": [{"id": "only", "components": [
        {"action": {"id": "a0", "use": "echo.say", "with": {}}}]}]}
      """
    var connector = try #require(Connector.parse(JSONDocument(source: Array(text.utf8))).connector)
    connector.steps[0].components = components
    connector.options = options
    return connector
  }

  /// A connector with `count` actions, `a0` and on, that each save what they get.
  static func connector(
    actions count: Int, use: ActionID = "echo.say",
    options: ConnectorOptions = ConnectorOptions(), _ change: (inout ActionComponent) -> Void = { _ in }
  ) throws -> Connector {
    try connector(
      (0..<count).map { action(ComponentID("a\($0)"), use: use, change) }, options: options)
  }

  static func action(
    _ id: ComponentID, use: ActionID = "echo.say", text: String = "{{event.text}}",
    _ change: (inout ActionComponent) -> Void = { _ in }
  ) -> Component {
    var action = ActionComponent(id: id, use: use, with: tree(["text": .text(text)]))
    action.save = "s_\(id)"
    change(&action)
    return .action(action)
  }

  /// A value as a document would have it, with its templates parsed.
  static func tree(_ value: JSONValue) -> TemplateTree {
    TemplateTree.read(DocumentValue(value, path: DocumentPath(), findings: FindingList(document: nil)))
  }

  /// A delay of so long from where it stands.
  static func delay(
    _ id: ComponentID, _ amount: String, _ change: (inout DelayComponent) -> Void = { _ in }
  ) -> Component {
    var delay = DelayComponent(id: id, basis: .amount(.literal(.text(amount)), from: .lastStep))
    change(&delay)
    return .delay(delay)
  }

  /// Rules with `echo.say` and `other.say`, each with a parameter `text`.
  static func rules(
    _ effect: SideEffect = .pure, policy: PluginPolicy = PluginPolicy(), refusal: ActionFailure? = nil,
    _ change: (inout ActionManifest) -> Void = { _ in }
  ) throws -> ProjectRules {
    let schema = try JSONSchema(
      parsing: [
        "type": "object",
        "properties": [
          "text": ["type": "string"], "credential": ["type": "string"],
          "who": ["type": "string", "x-ref": "contact"], "list": ["type": "array"],
        ],
      ])
    var actions: [ActionID: PolicyInputs] = [:]
    for id in ["echo.say", "other.say"] as [ActionID] {
      var manifest = ActionManifest(id: id, sideEffect: effect, parameters: schema)
      change(&manifest)
      actions[id] = PolicyInputs(manifest: manifest, project: policy, refusal: refusal)
    }
    return ProjectRules(actions: actions)
  }

  static func seed(
    _ id: Int64, _ connector: Connector, of row: ConnectorID = row, fifo: String? = nil,
    startedAt: Int64 = 0, event: JSONValue? = nil, child: ChildScope? = nil
  ) -> RunSeed {
    RunSeed(
      progress: RunProgress(
        runID: RunID(id), project: project, connector: connector, connectorVersion: 1,
        startedAt: Moment(milliseconds: startedAt), event: event ?? ["text": .text("run \(id)")],
        child: child),
      project: project, connector: row, journalled: 0, isRecovered: false, fifoKey: fifo)
  }
}

/// An engine with its clock, and what it said last.
struct Desk {
  var engine: Engine
  var time = EngineTime(monotonic: 1_000_000_000, wall: 1_000_000)
  private(set) var said: [EngineOutput] = []

  /// An engine that has begun and found nothing on disk.
  init(
    _ rules: ProjectRules? = nil, limits: EngineLimits = EngineLimits(), faults: EngineFaults = []
  ) throws {
    engine = Engine(limits: limits, faults: faults)
    _ = engine.handle(.configured(EngineFixture.project, try rules ?? EngineFixture.rules()), at: time)
    _ = engine.start(connectors: [], nextDue: nil, at: time)
  }

  @discardableResult mutating func send(_ input: EngineInput) -> [EngineOutput] {
    said = engine.handle(input, at: time)
    return said
  }

  @discardableResult mutating func accept(
    _ id: Int64, _ connector: Connector, fifo: String? = nil, event: JSONValue? = nil
  ) -> [EngineOutput] {
    send(
      .accepted(
        EngineFixture.seed(id, connector, fifo: fifo, startedAt: time.wall, event: event)))
  }

  /// Ends the call that was ordered for this run last.
  @discardableResult mutating func end(
    _ id: Int64, _ report: CallReport = .done
  ) throws -> [EngineOutput] {
    let attempt = try #require(attempts[RunID(id)], "run \(id) has no call")
    return send(.ended(RunID(id), attempt: attempt, report))
  }

  @discardableResult mutating func commit(_ id: Int64) -> [EngineOutput] {
    send(.recorded(RunID(id), .committed()))
  }

  /// Ends its call and has that recorded.
  @discardableResult mutating func finishCall(
    _ id: Int64, _ report: CallReport = .done
  ) throws -> [EngineOutput] {
    try end(id, report)
    return commit(id)
  }

  /// Lets both clocks go on, and the engine wake.
  @discardableResult mutating func pass(_ duration: Duration) -> [EngineOutput] {
    time.monotonic += duration.nanoseconds
    time.wall += duration.milliseconds
    return send(.woke)
  }

  /// The attempt of the call each run is at.
  private var attempts: [RunID: AttemptNumber] { engine.openAttempts }

  var calls: [CallOrder] { said.compactMap(\.order) }
  var called: [Int64] { calls.map(\.run.rawValue) }
  var recording: RecordOrder? { said.compactMap(\.recording).first }
  var ends: [RunEnd] {
    said.compactMap { if case .finished(_, let end) = $0 { end } else { nil } }
  }

  func standing(_ id: Int64) -> Standing? { engine.explain(RunID(id), at: time) }
}

extension Engine {
  /// The open call of each run.
  var openAttempts: [RunID: AttemptNumber] {
    var found: [RunID: AttemptNumber] = [:]
    for id in runs.ids {
      if case .calling(let call)? = runs[id]?.phase { found[id] = call.attempt }
    }
    return found
  }
}

extension EngineOutput {
  var order: CallOrder? { if case .call(let order) = self { order } else { nil } }
  var recording: RecordOrder? { if case .record(let order) = self { order } else { nil } }
}

extension CallReport {
  static let done = CallReport.outcome(.succeeded(["ok": true]))

  static func failed(
    _ class: ErrorClass, code: String = "x", retryAfterMS: Int64? = nil
  ) -> CallReport {
    .outcome(
      ActionOutcome(
        failure: ActionFailure(`class`, code: code, message: "m", retryAfterMS: retryAfterMS)))
  }
}

extension EngineTime {
  static let zero = EngineTime(monotonic: 0, wall: 0)
}

/// Something a test needed and did not get.
struct Missing: Error {
  let what: String
  init(_ what: String) { self.what = what }
}

// SPDX-License-Identifier: Apache-2.0
// A project with one plugin, and connectors of any number of actions.
import Calendar
import Pipeline
import Schema
import Testing
import Values

@testable import Engine

/// What the engine's tests share: documents, rules, seeds of runs.
enum EngineFixture {
  static let project = ProjectID(rawValue: "acme")

  /// A connector with `count` actions that each save what they get.
  static func connector(actions count: Int, fallback: String = "stop") throws -> Connector {
    let components = (0..<count).map { index in
      """
      {"action": {"id": "a\(index)", "use": "echo.say", "with": {"text": "{{event.text}}"},
        "save": "s\(index)", "fallback": "\(fallback)"}}
      """
    }
    let text = """
      {"format": 1, "project": "acme", "name": "many", "trigger": {"webhook": {}},
       "steps": [{"id": "only", "components": [\(components.joined(separator: ","))]}]}
      """
    let document = try JSONDocument(source: Array(text.utf8))
    return try #require(Connector.parse(document).connector)
  }

  static func rules() throws -> ProjectRules {
    let schema = try JSONSchema(
      parsing: ["type": "object", "properties": ["text": ["type": "string"]]])
    let action = ActionManifest(id: "echo.say", sideEffect: .pure, parameters: schema)
    return ProjectRules(actions: ["echo.say": PolicyInputs(manifest: action)])
  }

  static func seed(_ id: Int64, _ connector: Connector) -> RunSeed {
    RunSeed(
      progress: RunProgress(
        runID: RunID(id), project: project, connector: connector, connectorVersion: 1,
        startedAt: Moment(milliseconds: 0), event: ["text": .text("run \(id)")]),
      project: project, journalled: 0, isRecovered: false)
  }

  /// An engine that has claimed what there was: nothing.
  static func engine(limits: EngineLimits = EngineLimits()) throws -> Engine {
    var engine = Engine(limits: limits)
    _ = engine.handle(.configured(project, try rules()), at: 0)
    _ = engine.start()
    _ = engine.handle(.claimed([], last: RunID(0), isEnd: true), at: 0)
    return engine
  }
}

extension EngineOutput {
  var order: CallOrder? { if case .call(let order) = self { order } else { nil } }
  var recording: RecordOrder? { if case .record(let order) = self { order } else { nil } }
}

extension CallReport {
  static let done = CallReport.outcome(.succeeded(["ok": true]))
}

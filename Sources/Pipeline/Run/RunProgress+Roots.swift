// SPDX-License-Identifier: Apache-2.0
// What templates of a run can read.

import Values

/// The words a path may begin with, but for those of loops.
///
/// **Source** spec/formats.md 1.11.
package enum RootWord {
  /// No saved name may be one of them. The words of loops are free outside of loops.
  static let reserved = [
    "event", "contact", "run", "connector", "project", "connector_url", "step", "action", "error",
    "failed", "recipient",
  ]
}

extension RunProgress {
  /// A rendering over this run's roots and saved names.
  package var scope: RenderScope {
    RenderScope(context: FormatterContext(zone: zone, zones: zones, digests: digests)) {
      self.root($0)
    }
  }

  /// The value of a root word or saved name.
  func root(_ name: String) -> JSONValue? {
    switch name {
    case "event": return event
    case "contact": return contact
    case "run": return runRoot
    case "connector":
      return [
        "name": .text(connector.name.rawValue), "version": .integer(Int64(connectorVersion)),
      ]
    case "project":
      return ["name": .text(project.rawValue), "constants": .object(constants)]
    case "connector_url": return facts.connectorURLs()
    case "step": return stepsRoot
    case "action": return actionsRoot
    case "error": return chain?.error.value
    case "failed": return chain?.failed
    default: return loopRoot(name) ?? saved[name]
    }
  }

  private var runRoot: JSONValue {
    var object: JSONObject = [
      "id": .text(runID.description), "started_at": .text(startedAt.iso),
      "hops": .integer(Int64(hops)),
    ]
    object["entered_as"] = enteredAs?.value
    return .object(object)
  }

  /// The words of the loop the run is inside of, or whose element it is the run of.
  private func loopRoot(_ word: String) -> JSONValue? {
    if let loop, let element = position.element { return loop.root(word, at: element) }
    guard let child = facts.child else { return nil }
    if word == facts.step(at: child.step)?.forEach?.name { return child.item }
    return LoopWords.root(word, element: child.element, count: child.count)
  }

  private var stepsRoot: JSONValue {
    var object = JSONObject()
    for step in connector.steps {
      guard let status = steps[step.id] else { continue }
      object[step.id.rawValue] = ["status": .text(status.rawValue)]
    }
    return .object(object)
  }

  /// Those of the connector in the order it names them, its fallbacks among them.
  private var actionsRoot: JSONValue {
    var object = JSONObject()
    for action in connector.actions.flatMap(\.action.withFallbacks) {
      guard let state = actions[action.id] else { continue }
      object[action.id.rawValue] = state.value
    }
    return .object(object)
  }

  /// Why a path led nowhere, where the run knows: `lead.record is empty because add_lead failed`.
  func explain(_ path: AttributePath) -> String {
    guard let producer = producer(of: path.root) else { return "\(path) is empty" }
    guard let state = actions[producer.id] else {
      return "\(path) is empty because \(producer.id) was not run"
    }
    let detail = state.error.map { " (\($0.message))" } ?? ""
    switch state.status {
    case .succeeded: return "\(path) is empty in the result of \(producer.id)"
    case .failed: return "\(path) is empty because \(producer.id) failed\(detail)"
    case .timeout: return "\(path) is empty because \(producer.id) took too long\(detail)"
    case .unknown: return "\(path) is empty because the fate of \(producer.id) is not known"
    case .skipped: return "\(path) is empty because \(producer.id) was skipped"
    }
  }

  /// The action a name is saved by: the fallback that saved it, else the one it is written in.
  private func producer(of name: String) -> ActionComponent? {
    for (_, action) in connector.actions {
      let candidates = action.withFallbacks.filter { $0.save == name }
      guard let first = candidates.first else { continue }
      return candidates.first { actions[$0.id]?.isOK == true } ?? first
    }
    return nil
  }
}

// SPDX-License-Identifier: Apache-2.0
// What is read and checked, and does not run yet: the only place that refuses it.

/// Gathers refusals of what this version does not carry out. Empty once everything runs; then this
/// file goes.
private struct NotYet {
  let findings: FindingList

  init(_ document: JSONDocument) { findings = FindingList(document: document) }

  func refuse(
    _ what: String, at path: DocumentPath, _ severity: Finding.Severity = .error,
    hint: String = "leave it out"
  ) {
    findings.add(
      severity, "not_supported", "\"\(what)\" is not supported by this version yet: \(hint)",
      at: path, ofKey: true)
  }

  func top(_ key: String, hint: String = "leave it out") {
    refuse(key, at: DocumentPath([.key(key)]), hint: hint)
  }

  func refuse(_ component: Component, at path: DocumentPath) {
    switch component {
    case .filter: break
    case .delay, .format, .waitForMessage: refuse(component.kind, at: path)
    case .action(let action): refuse(action, at: path)
    }
  }

  private func refuse(_ action: ActionComponent, at path: DocumentPath) {
    if action.retry != nil { refuse("retry", at: path.appending("retry")) }
    if action.onLimit != nil { refuse("on_limit", at: path.appending("on_limit")) }
    if action.onUnknown == .retry { refuse("on_unknown: retry", at: path.appending("on_unknown")) }
    if action.alert != nil { refuse("alert", at: path.appending("alert")) }
    if case .rules = action.fallback { refuse("rules in fallback", at: path.appending("fallback")) }
  }
}

extension Connector {
  /// Refusals of what this version does not carry out.
  package var notYet: [Finding] {
    let list = NotYet(document)
    if contact != nil { list.top("contact", hint: "make crm.map_contact the first action instead") }
    if respond != nil { list.top("respond") }
    if document.root["options"] != nil { list.top("options") }
    if trigger.kind != .webhook {
      list.refuse(trigger.kind.rawValue, at: DocumentPath([.key("trigger")]))
    }
    for (index, step) in steps.enumerated() {
      if step.forEach != nil { list.refuse("for_each", at: .step(index).appending("for_each")) }
      for (inner, component) in step.components.enumerated() {
        let position = Position(step: index, component: inner)
        list.refuse(component, at: .component(position, component))
      }
    }
    return list.findings.sorted
  }
}

extension ProjectDocument {
  /// Warnings of what this version does not carry out.
  package func notYet(of document: JSONDocument) -> [Finding] {
    let list = NotYet(document)
    for plugin in plugins {
      let path = DocumentPath([.key("plugins"), .key(plugin.id.rawValue), .key("policy")])
      for key in ["retry", "rate", "on_limit", "concurrency", "breaker", "when_disabled"]
      where plugin.policy.value[key] != nil {
        list.refuse(key, at: path.appending(key), .warning, hint: "it is ignored")
      }
      if case .rules = plugin.policy.fallback {
        list.refuse(
          "rules in fallback", at: path.appending("fallback"), .warning, hint: "they are ignored")
      }
    }
    return list.findings.sorted
  }
}

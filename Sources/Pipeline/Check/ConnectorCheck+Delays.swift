// SPDX-License-Identifier: Apache-2.0
// Checking what delays can be cancelled by, loops over lists that are written out, and waits.

import Values

extension ConnectorCheck {
  func checkDelays() {
    for (index, step) in connector.steps.enumerated() {
      if let loop = step.forEach { check(loop, at: .step(index).appending("for_each")) }
      for (inner, component) in step.components.enumerated() {
        let position = Position(step: index, component: inner)
        let path = DocumentPath.component(position, component)
        switch component {
        case .delay(let delay): checkIdentifiers(of: delay, at: path.appending("identifier"))
        case .waitForMessage: checkMessageWait(at: position, path)
        case .filter, .format, .action: break
        }
      }
    }
  }

  /// An identifier that is the same for every run, and empty, could never be cancelled by.
  private func checkIdentifiers(of delay: DelayComponent, at path: DocumentPath) {
    let isList = connector.document.value(at: path)?.asList != nil
    for (index, tree) in delay.identifiers.enumerated() {
      guard case .template(let template) = tree, template.paths.isEmpty else { continue }
      var scope = RenderScope { _ in nil }
      guard let rendered = try? scope.render(template), trimmed(plainText(rendered)).isEmpty else {
        continue
      }
      error(
        "empty",
        "the identifier \"\(template.source)\" is always blank, so nothing could cancel by it: "
          + "name it, or leave it out",
        at: isList ? path.appending(index) : path)
    }
  }

  private func check(_ loop: ForEach, at path: DocumentPath) {
    guard case .literal(let value) = loop.list, let list = value.asList, list.count > loop.most
    else { return }
    error(
      "too_many",
      "\"in\" has \(list.count) elements, \"max\" is \(loop.most): shorten the list or raise "
        + "\"max\", at most \(PipelineLimits.elements)",
      at: path.appending("in"))
  }

  private func checkMessageWait(at position: Position, _ path: DocumentPath) {
    guard !mayHaveContact(at: position) else { return }
    error(
      "no_contact",
      "\"wait_for_message\" waits for the run's contact, and there is none: map one with "
        + "\"contact\", or with an action such as crm.map_contact before this one",
      at: path)
  }

  /// Whether a run may be about a contact at a place. Only an event that comes in over HTTP or by
  /// the clock never brings one.
  func mayHaveContact(at position: Position) -> Bool {
    guard connector.contact == nil else { return true }
    guard connector.trigger.kind == .webhook || connector.trigger.kind == .schedule else {
      return true
    }
    return connector.actionSites.contains { site in
      site.position < position && context.actions[site.action.use]?.setsContact != nil
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Checking what templates refer to.

import Values

/// Walks every template of a connector and looks at each path and formatter in it.
struct ReferenceCheck {
  let connector: Connector
  let context: CheckContext
  let findings: FindingList

  /// Where a template stands decides what it may read.
  private enum Place {
    /// Before anything has run: the event alone.
    case intake
    /// In the contact mapping: not the contact itself.
    case contact
    case component(Position)
  }

  func run() {
    walk(DocumentPath.webhook.appending("dedupe").appending("by"), .intake)
    for member in ["number", "fields", "attributes"] {
      walk(DocumentPath().appending("contact").appending(member), .contact)
    }
    for (index, step) in connector.steps.enumerated() {
      for (inner, component) in step.components.enumerated() {
        let position = Position(step: index, component: inner)
        let path = DocumentPath.component(position, component)
        switch component {
        case .filter:
          walk(path.appending("all"), .component(position))
          walk(path.appending("any"), .component(position))
        case .action:
          walk(path.appending("if"), .component(position))
          walk(path.appending("with"), .component(position))
        case .delay, .format, .waitForMessage: walk(path, .component(position))
        }
      }
    }
  }

  private func walk(_ path: DocumentPath, _ place: Place) {
    if let value = connector.document.value(at: path) { walk(value, path, place) }
  }

  private func walk(_ value: JSONValue, _ path: DocumentPath, _ place: Place) {
    switch value {
    case .text(let text):
      guard contains(text, "{{"), let template = try? Template(parsing: text) else { return }
      for expression in template.expressions {
        for use in expression.formatters { check(use, at: path) }
      }
      for reference in template.paths { check(reference, at: path, place) }
    case .list(let list):
      for (index, element) in list.enumerated() { walk(element, path.appending(index), place) }
    case .object(let object):
      for (name, member) in object where name != "note" {
        walk(member, path.appending(name), place)
      }
    default: break
    }
  }

  private func error(
    _ code: String, _ message: String, at path: DocumentPath, nearest: String? = nil
  ) {
    findings.add(.error, code, message, at: path, nearest: nearest)
  }

  private func check(_ use: Template.FormatterUse, at path: DocumentPath) {
    guard let problem = Formatters.problem(use) else { return }
    error(problem.code, problem.message, at: path, nearest: problem.nearest)
  }

  private func check(_ reference: AttributePath, at path: DocumentPath, _ place: Place) {
    switch (place, reference.root) {
    case (_, "event"): return
    case (.intake, _):
      error(
        "unknown_reference",
        "{{\(reference)}} cannot be used here: only the event is known when it comes in", at: path)
    case (.contact, "run"), (.contact, "connector"), (.contact, "project"),
      (.component, "run"), (.component, "connector"), (.component, "project"):
      checkFixed(reference, at: path)
    case (.contact, _):
      error(
        "unknown_reference",
        "{{\(reference)}} cannot be used here: a contact is mapped from event, run, connector and "
          + "project",
        at: path)
    case (.component(let position), "contact"): checkContact(reference, position, at: path)
    case (.component(let position), "step"): checkStep(reference, position, at: path)
    case (.component(let position), "action"): checkAction(reference, position, at: path)
    case (.component(let position), _): checkSaved(reference, position, at: path)
    }
  }

  /// The members of roots that never change.
  private static let members: [String: [String]] = [
    "run": ["id", "started_at", "hops"], "connector": ["name", "version"],
    "project": ["name", "constants"],
  ]

  private func checkFixed(_ reference: AttributePath, at path: DocumentPath) {
    checkMember(of: reference, known: ReferenceCheck.members[reference.root] ?? [], at: path)
  }

  /// Whether the first name after the root is one of those known.
  @discardableResult
  private func checkMember(
    of reference: AttributePath, known: [String], at path: DocumentPath
  ) -> String? {
    guard case .name(let name) = reference.segments.first else { return nil }
    if known.contains(name) { return name }
    error(
      "unknown_reference",
      "{{\(reference)}}: \"\(reference.root)\" has no \"\(name)\""
        + Suggestion.text(for: name, among: known),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
    return nil
  }

  private func checkContact(
    _ reference: AttributePath, _ position: Position, at path: DocumentPath
  ) {
    let isSet = connector.actions.contains { place, action in
      place < position && context.actions[action.use]?.setsContact != nil
    }
    guard connector.contact == nil, !isSet else { return }
    error(
      "no_contact",
      "{{\(reference)}} is always empty: map a contact with \"contact\", or with an action such as "
        + "crm.map_contact before this one",
      at: path)
  }

  private func checkStep(_ reference: AttributePath, _ position: Position, at path: DocumentPath) {
    let known = connector.steps.map(\.id.rawValue)
    guard let name = checkMember(of: reference, known: known, at: path) else { return }
    if let index = connector.stepIndex(StepID(name)), index > position.step {
      error(
        "later_reference",
        "{{\(reference)}}: the step \"\(name)\" comes later: it has no status yet",
        at: path)
    }
  }

  private static let stateMembers = ["ok", "status", "attempts", "error", "taken"]

  private func checkAction(
    _ reference: AttributePath, _ position: Position, at path: DocumentPath
  ) {
    let known = connector.actions.map(\.action.id.rawValue)
    guard let name = checkMember(of: reference, known: known, at: path) else { return }
    let place = connector.actions.first { $0.action.id.rawValue == name }?.position
    if let place, place >= position {
      error(
        "later_reference", "{{\(reference)}}: the action \"\(name)\" has not run yet here",
        at: path)
    }
    guard reference.segments.count > 1, case .name(let member) = reference.segments[1],
      !ReferenceCheck.stateMembers.contains(member)
    else { return }
    error(
      "unknown_reference",
      "{{\(reference)}}: an action has no \"\(member)\""
        + Suggestion.text(for: member, among: ReferenceCheck.stateMembers)
        + "; its result is read by its saved name",
      at: path)
  }

  private func checkSaved(_ reference: AttributePath, _ position: Position, at path: DocumentPath) {
    let producer = connector.actions.first { $0.action.save == reference.root }
    if let producer {
      if producer.position >= position {
        error(
          "later_reference",
          "{{\(reference)}}: \"\(reference.root)\" is saved by \(producer.action.id), which has "
            + "not run yet here",
          at: path)
      } else {
        checkResult(reference, of: producer.action, at: path)
      }
      return
    }
    if RootWord.later.contains(reference.root) {
      error(
        "not_supported",
        "{{\(reference)}}: \"\(reference.root)\" is not supported by this version yet", at: path)
      return
    }
    let known = RootWord.available + connector.actions.compactMap(\.action.save)
    error(
      "unknown_reference",
      "{{\(reference)}}: nothing is called \"\(reference.root)\""
        + Suggestion.text(for: reference.root, among: known, listUpTo: 20),
      at: path, nearest: Suggestion.nearest(to: reference.root, among: known))
  }

  /// Warns of a member that the action's result does not declare.
  private func checkResult(
    _ reference: AttributePath, of action: ActionComponent, at path: DocumentPath
  ) {
    guard case .name(let name) = reference.segments.first,
      let result = context.actions[action.use]?.result, !result.propertyNames.isEmpty,
      result.property(named: name) == nil
    else { return }
    let known = result.propertyNames
    findings.add(
      .warning, "unknown_member",
      "{{\(reference)}}: the result of \(action.use) has no \"\(name)\""
        + Suggestion.text(for: name, among: known, listUpTo: 20),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
  }
}

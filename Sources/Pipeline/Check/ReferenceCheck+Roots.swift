// SPDX-License-Identifier: Apache-2.0
// Checking a path by its root word.

import Values

extension ReferenceCheck {
  func judge(_ reference: AttributePath, _ path: DocumentPath, _ place: TemplatePlace) {
    switch (place.kind, reference.root) {
    case (_, "event"): judgeEvent(reference, path)
    case (.intake, _):
      check.error(
        "unknown_reference",
        "{{\(reference)}} cannot be used here: only the event is known when it comes in", at: path)
    case (.contact, "run"), (.contact, "connector"), (.contact, "project"),
      (.run, "run"), (.run, "connector"), (.run, "project"):
      member(of: reference, known: Attribute.fixedMembers[reference.root] ?? [], path)
      if reference.root == "project", !place.isGuarded { judgeConstant(reference, path) }
    case (.contact, _):
      check.error(
        "unknown_reference",
        "{{\(reference)}} cannot be used here: a contact is mapped from event, run, connector and "
          + "project",
        at: path)
    case (.run(let position), "contact"): judgeContact(reference, position, path)
    case (.run(let position), "step"): judgeStep(reference, position, path)
    case (.run(let position), "action"): judgeAction(reference, position, path, place)
    case (.run, "connector_url"): judgeURL(reference, path)
    case (.run, "error"), (.run, "failed"): judgeFailure(reference, path, place)
    case (.run, "recipient"): judgeRecipient(reference, path, place)
    case (.run(let position), _):
      if isLoopWord(reference.root, place) { return }
      judgeSaved(reference, position, path, place)
    }
  }

  /// Whether the first name after the root is one of those known.
  @discardableResult
  func member(
    of reference: AttributePath, known: [String], _ path: DocumentPath,
    severity: Finding.Severity = .error, code: String = "unknown_reference"
  ) -> String? {
    guard case .name(let name) = reference.segments.first else { return nil }
    if known.contains(name) { return name }
    check.findings.add(
      severity, code,
      "{{\(reference)}}: \"\(reference.root)\" has no \"\(name)\""
        + Suggestion.text(for: name, among: known),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
    return nil
  }

  private func judgeConstant(_ reference: AttributePath, _ path: DocumentPath) {
    guard reference.segments.first == .name("constants"),
      case .name(let name)? = reference.segments.dropFirst().first,
      context.constants[name] == nil
    else { return }
    let known = context.constants.map(\.name)
    check.findings.add(
      .error, "unknown_constant",
      "{{\(reference)}}: the project \(context.project) has no constant \"\(name)\": "
        + "add it to the project, or name another" + Suggestion.text(for: name, among: known),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
  }

  /// What a trigger's event holds; anything may be handed over instead, so it is a warning.
  private func judgeEvent(_ reference: AttributePath, _ path: DocumentPath) {
    let known = connector.trigger.kind.eventMembers
    guard !known.isEmpty else { return }
    member(of: reference, known: known, path, severity: .warning, code: "unknown_member")
  }

  private func judgeContact(
    _ reference: AttributePath, _ position: Position, _ path: DocumentPath
  ) {
    guard !check.mayHaveContact(at: position) else { return }
    check.error(
      "no_contact",
      "{{\(reference)}} is always empty: map a contact with \"contact\", or with an action such as "
        + "crm.map_contact before this one",
      at: path)
  }

  private func judgeStep(_ reference: AttributePath, _ position: Position, _ path: DocumentPath) {
    let known = connector.steps.map(\.id.rawValue)
    guard let name = member(of: reference, known: known, path) else { return }
    guard let index = connector.stepIndex(StepID(name)) else { return }
    if index > position.step {
      check.error(
        "later_reference",
        "{{\(reference)}}: the step \"\(name)\" comes later: it has no status yet", at: path)
    }
    if case .name(let inner)? = reference.segments.dropFirst().first, inner != "status" {
      check.error(
        "unknown_reference", "{{\(reference)}}: a step has no \"\(inner)\": known are status",
        at: path)
    }
  }

  private func judgeAction(
    _ reference: AttributePath, _ position: Position, _ path: DocumentPath, _ place: TemplatePlace
  ) {
    let known = sites.map(\.action.id.rawValue)
    guard let name = member(of: reference, known: known, path) else { return }
    let isFailed = place.failed.contains { $0.id.rawValue == name }
    let site = sites.first { $0.action.id.rawValue == name }
    if let site, site.position >= position, !isFailed {
      check.error(
        "later_reference", "{{\(reference)}}: the action \"\(name)\" has not run yet here",
        at: path)
    }
    guard case .name(let member)? = reference.segments.dropFirst().first,
      !Attribute.stateMembers.contains(member)
    else { return }
    check.error(
      "unknown_reference",
      "{{\(reference)}}: an action has no \"\(member)\""
        + Suggestion.text(for: member, among: Attribute.stateMembers)
        + "; its result is read by its saved name",
      at: path)
  }

  private func judgeURL(_ reference: AttributePath, _ path: DocumentPath) {
    guard var connectors = context.connectors else { return }
    connectors[connector.name] = connector.trigger.kind
    let known = connectors.keys.map(\.rawValue)
    guard let name = member(of: reference, known: known, path) else { return }
    if let kind = connectors[ConnectorName(name)], kind != .webhook {
      check.error(
        "no_url",
        "{{\(reference)}}: the connector \"\(name)\" has the trigger \(kind.rawValue), so it has "
          + "no URL: name one with a webhook",
        at: path)
    }
  }

  private func judgeFailure(
    _ reference: AttributePath, _ path: DocumentPath, _ place: TemplatePlace
  ) {
    guard !place.failed.isEmpty else {
      check.error(
        "unknown_reference",
        "{{\(reference)}} is known in a fallback's action only: elsewhere read "
          + "action.<id>.error",
        at: path)
      return
    }
    let members = reference.root == "error" ? Attribute.errorMembers : ["use", "with"]
    member(of: reference, known: members, path)
  }

  private func judgeRecipient(
    _ reference: AttributePath, _ path: DocumentPath, _ place: TemplatePlace
  ) {
    guard !place.isDeferred else { return }
    check.error(
      "unknown_reference",
      "{{\(reference)}} is known in parameters that are rendered for each recipient only", at: path)
  }

  private func isLoopWord(_ word: String, _ place: TemplatePlace) -> Bool {
    guard let loop = place.loop else { return false }
    return word == loop.name || ForEach.words.contains(word)
  }
}

extension TriggerKind {
  /// What events of this kind hold; empty where that is the sender's choice.
  ///
  /// **Source** spec/formats.md 1, Triggers.
  package var eventMembers: [String] {
    switch self {
    case .webhook, .connector: []
    case .schedule: ["due_at", "fired_at", "missed"]
    case .message:
      [
        "channel", "number", "text", "media", "button", "list_item", "in_reply_to", "message_id",
        "received_at", "first", "language",
      ]
    case .messageStatus:
      [
        "message_id", "status", "error", "run", "action", "number", "broadcast", "channel",
      ]
    case .record: ["module", "record", "change", "before", "after", "by_run"]
    case .reminder: ["reminder", "title", "description", "due_at", "contact", "assignees"]
    case .macroButton: ["record", "fields", "agent", "button", "module"]
    case .email:
      ["from", "to", "subject", "text", "html", "attachments", "message_id", "channel"]
    }
  }
}

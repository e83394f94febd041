// SPDX-License-Identifier: Apache-2.0
// Reading a connector's document.

import Values

extension Connector {
  static let documentKeys = [
    "$schema", "format", "project", "name", "title", "description", "enabled", "time_zone",
    "trigger", "contact", "steps",
  ]
  static let laterKeys = ["options", "respond"]

  /// Reads a connector; nil only when a finding is an error. `check` looks at what the document
  /// refers to.
  package static func parse(
    _ document: JSONDocument
  ) -> (connector: Connector?, findings: [Finding]) {
    let findings = FindingList(document: document)
    findings.addDuplicateKeys(of: document)
    let connector = read(DocumentValue(document: document, findings: findings), document)
    let sorted = findings.sorted
    return (sorted.hasErrors ? nil : connector, sorted)
  }

  private static func read(_ source: DocumentValue, _ document: JSONDocument) -> Connector? {
    guard let object = source.object(keys: documentKeys, later: laterKeys) else { return nil }
    object.checkFormat()
    let project = object.required("project")?.name()
    let name = object.required("name")?.name()
    let trigger = object.required("trigger").flatMap(WebhookTrigger.read).map { Trigger.webhook($0) }
    let contact = object["contact"].flatMap(ContactMapping.read)
    let steps = object.required("steps").map(readSteps) ?? []
    let title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    let description = object["description"]?.text(atMost: PipelineLimits.descriptionLength)
    let isEnabled = object["enabled"]?.boolean() ?? true
    let timeZone = object["time_zone"]?.text(atMost: PipelineLimits.zoneLength)
    guard let project, let name, let trigger else { return nil }
    return Connector(
      document: document, project: ProjectID(project), name: ConnectorName(name), title: title,
      description: description, isEnabled: isEnabled, timeZone: timeZone, trigger: trigger,
      contact: contact, steps: steps)
  }

  private static func readSteps(_ source: DocumentValue) -> [Step] {
    guard let list = source.list(atMost: PipelineLimits.steps) else { return [] }
    if list.isEmpty { source.error("empty", "\"steps\" is empty: add a step") }
    return list.compactMap(Step.read)
  }
}

extension Step {
  static func read(_ source: DocumentValue) -> Step? {
    guard
      let object = source.object(
        keys: ["id", "title", "enabled", "components"], later: ["for_each"])
    else { return nil }
    let id = object.required("id")?.name()
    let components = object.required("components")
    let list = components?.list(atMost: PipelineLimits.components) ?? []
    if components?.value.asList?.isEmpty ?? false {
      components?.error("empty", "\"components\" is empty: add one, or remove the step")
    }
    let read = list.enumerated().compactMap { index, element in
      Component.read(element, fallbackID: "\(id ?? "step").\(index + 1)")
    }
    guard let id else { return nil }
    return Step(
      id: StepID(id), title: object["title"]?.text(atMost: PipelineLimits.titleLength),
      isEnabled: object["enabled"]?.boolean() ?? true, components: read)
  }
}

extension Component {
  static let kinds = ["filter", "action"]
  static let laterKinds = ["delay", "format", "wait_for_message"]

  static func read(_ source: DocumentValue, fallbackID: String) -> Component? {
    guard let object = source.object(keys: kinds + ["else"], later: laterKinds) else { return nil }
    let found = (kinds + laterKinds).filter { object[$0] != nil }
    guard found.count == 1, let kind = found.first else {
      source.error(
        found.isEmpty ? "missing_key" : "several_kinds",
        "a component holds exactly one of " + (kinds + laterKinds).joined(separator: ", ")
          + (found.isEmpty ? "" : ": it has " + found.joined(separator: " and ")))
      return nil
    }
    if kind != "filter", let other = object["else"] {
      other.error("unexpected_key", "\"else\" stands beside a filter only: remove it")
    }
    switch (kind, object[kind]) {
    case ("filter", .some(let filter)):
      return FilterComponent.read(filter, otherwise: object["else"], fallbackID: fallbackID)
        .map { .filter($0) }
    case ("action", .some(let action)): return ActionComponent.read(action).map { .action($0) }
    default: return nil
    }
  }
}

extension FilterComponent {
  static func read(
    _ source: DocumentValue, otherwise: DocumentValue?, fallbackID: String
  ) -> FilterComponent? {
    let conditions = Condition.readTree(source, beside: ["id", "title"])
    var id: String? = fallbackID
    if let written = source.value["id"] {
      id =
        DocumentValue(written, path: source.path.appending("id"), findings: source.findings).name()
    }
    let branch = otherwise.map(FilterElse.read) ?? .nextStep
    guard let conditions, let id, let branch else { return nil }
    return FilterComponent(id: ComponentID(id), conditions: conditions, otherwise: branch)
  }
}

extension FilterElse {
  static func read(_ source: DocumentValue) -> FilterElse? {
    switch source.value {
    case .text("next_step"): return .nextStep
    case .text("stop"): return .stop
    case .object:
      return source.object(keys: ["goto"])?.required("goto")?.name().map { .goto(StepID($0)) }
    case .text(let text):
      source.error(
        "unknown_value",
        "unknown \"else\" \"\(text)\": write \"next_step\", \"stop\" or {\"goto\": \"step\"}")
      return nil
    default:
      source.wrongType("\"next_step\", \"stop\" or {\"goto\": \"step\"}")
      return nil
    }
  }
}

extension ActionComponent {
  static let documentKeys = [
    "id", "title", "use", "with", "save", "if", "timeout", "on_unknown", "fallback",
  ]
  static let laterKeys = ["retry", "on_limit", "alert"]

  static func read(_ source: DocumentValue) -> ActionComponent? {
    guard let object = source.object(keys: documentKeys, later: laterKeys) else { return nil }
    let id = object.required("id")?.name()
    let use = object.required("use").flatMap(readUse)
    let with = object["with"].map(readWith)
    let condition = object["if"].map { Condition.readTree($0) }
    let save = object["save"]?.name()
    let timeout = object["timeout"]?.duration()
    let onUnknown = object["on_unknown"].flatMap(readOnUnknown)
    let fallback = object["fallback"].flatMap(readFallback)
    guard let id, let use else { return nil }
    var action = ActionComponent(id: ComponentID(id), use: use, with: with ?? .literal([:]))
    action.title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    action.save = save
    action.condition = condition ?? nil
    action.timeout = timeout
    action.onUnknown = onUnknown ?? .fail
    action.fallback = fallback
    return action
  }

  private static func readUse(_ source: DocumentValue) -> ActionID? {
    guard let text = source.text(atMost: 2 * PipelineLimits.nameLength) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, DocumentName.isPluginID(String(parts[0])),
      DocumentName.isValid(String(parts[1]))
    else {
      source.error(
        "bad_id", "\"use\" is \"\(text)\": write plugin.action, as in `jackfield action list`")
      return nil
    }
    return ActionID(text)
  }

  private static func readWith(_ source: DocumentValue) -> TemplateTree {
    guard source.value.asObject != nil else {
      source.wrongType("an object of parameters")
      return .literal([:])
    }
    return TemplateTree.read(source)
  }

  private static func readOnUnknown(_ source: DocumentValue) -> OnUnknown? {
    if source.value == "retry" {
      source.error(
        "not_supported",
        "\"on_unknown\": \"retry\" is not supported by this version yet: write \"fail\" or "
          + "\"continue\"")
      return nil
    }
    return source.choice(OnUnknown.self)
  }

  private static func readFallback(_ source: DocumentValue) -> Fallback? {
    if source.value.asList != nil || source.value.asObject != nil {
      source.error(
        "not_supported",
        "rules in \"fallback\" are not supported by this version yet: write \"stop\" or "
          + "\"continue\"")
      return nil
    }
    return Fallback.readText(source)
  }
}

extension Fallback {
  static func readText(_ source: DocumentValue) -> Fallback? {
    guard let text = source.value.asText else {
      source.wrongType("\"stop\", \"continue\" or a list of rules")
      return nil
    }
    if let fallback = Fallback(text) { return fallback }
    source.error(
      "unknown_value",
      "unknown \(source.label) \"\(text)\"" + Suggestion.text(for: text, among: ["stop", "continue"]),
      nearest: Suggestion.nearest(to: text, among: ["stop", "continue"]))
    return nil
  }
}

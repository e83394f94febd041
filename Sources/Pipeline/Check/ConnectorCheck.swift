// SPDX-License-Identifier: Apache-2.0
// Checking what a connector refers to.

import Calendar
import Values

extension Connector {
  /// Everything wrong or doubtful in what the connector refers to, in the order of its text.
  package func check(in context: CheckContext) -> [Finding] {
    let findings = FindingList(document: document)
    ConnectorCheck(connector: self, context: context, findings: findings).run()
    return findings.sorted
  }

  /// Reads and checks in one go.
  package static func check(
    _ document: JSONDocument, in context: CheckContext
  ) -> (connector: Connector?, findings: [Finding]) {
    let (connector, found) = parse(document)
    guard let connector else { return (nil, found) }
    let findings = found + connector.check(in: context)
    return (findings.hasErrors ? nil : connector, findings)
  }
}

/// One check of one connector.
struct ConnectorCheck {
  let connector: Connector
  let context: CheckContext
  let findings: FindingList

  func run() {
    checkZone()
    checkIDs()
    checkSavedNames()
    checkSecrets()
    checkContact()
    for (index, step) in connector.steps.enumerated() { checkGotos(of: step, at: index) }
    checkDeadSteps()
    for (position, action) in connector.actions { check(action, at: position) }
    ReferenceCheck(connector: connector, context: context, findings: findings).run()
  }

  private func error(
    _ code: String, _ message: String, at path: DocumentPath, nearest: String? = nil
  ) {
    findings.add(.error, code, message, at: path, nearest: nearest)
  }

  private func checkZone() {
    if let name = connector.timeZone, context.zones(name) == nil {
      findings.addUnknownZone(name, in: context.zones, at: DocumentPath().appending("time_zone"))
    }
    if case .schedule(let schedule) = connector.trigger, let name = schedule.timeZone,
      context.zones(name) == nil
    {
      let path = DocumentPath([.key("trigger"), .key("schedule"), .key("time_zone")])
      findings.addUnknownZone(name, in: context.zones, at: path)
    }
  }

  private func checkIDs() {
    var seen: Set<String> = []
    func claim(_ id: String, _ path: DocumentPath) {
      if !seen.insert(id).inserted {
        error(
          "duplicate_id",
          "the id \"\(id)\" is taken: ids of steps and components are unique, rename one",
          at: path)
      }
    }
    for (index, step) in connector.steps.enumerated() {
      claim(step.id.rawValue, .step(index).appending("id"))
      for (inner, component) in step.components.enumerated() {
        let path = DocumentPath.component(Position(step: index, component: inner), component)
        claim(component.id.rawValue, path.appending("id"))
      }
    }
  }

  private func checkSavedNames() {
    var writers: [String: ComponentID] = [:]
    for (position, action) in connector.actions {
      guard let save = action.save else { continue }
      let path = DocumentPath.component(position, .action(action)).appending("save")
      if RootWord.reserved.contains(save) {
        error(
          "reserved_name", "\"save\" is \"\(save)\", which is a root word: choose another name",
          at: path)
      }
      if let writer = writers[save] {
        error(
          "duplicate_save",
          "\"\(save)\" is saved by \(writer) already: a name is written by one action, rename one",
          at: path)
      }
      writers[save] = action.id
    }
  }

  private func checkSecrets() {
    for (index, auth) in (connector.webhook?.auth ?? []).enumerated() {
      let path = DocumentPath.webhook.appending("auth").appending(index).appending("secret")
      for (inner, secret) in auth.secrets.enumerated() where !context.credentials.contains(secret) {
        missingCredential(secret, at: auth.secrets.count > 1 ? path.appending(inner) : path)
      }
    }
  }

  private func missingCredential(_ name: CredentialName, at path: DocumentPath) {
    let known = context.credentials.map(\.rawValue)
    let nearest = Suggestion.nearest(to: name.rawValue, among: known)
    let command = "`jackfield credential set \(name) --project \(context.project)`"
    let hint = nearest.map { "did you mean \"\($0)\"?" } ?? "type \(command)"
    error(
      "missing_credential",
      "the project \(context.project) has no credential \"\(name)\": \(hint)",
      at: path, nearest: nearest)
  }

  private func checkContact() {
    guard connector.contact != nil, !context.collections.contains("contact") else { return }
    error(
      "missing_collection",
      "\"contact\" maps to the collection \"contact\", which no plugin declares: install the "
        + "plugin \"base\"",
      at: DocumentPath().appending("contact"))
  }

  private func checkGotos(of step: Step, at index: Int) {
    for (inner, component) in step.components.enumerated() {
      guard case .filter(let filter) = component, case .goto(let target) = filter.otherwise else {
        continue
      }
      let path = DocumentPath.step(index).appending("components").appending(inner)
        .appending("else").appending("goto")
      guard let found = connector.stepIndex(target) else {
        let known = connector.steps.dropFirst(index + 1).map(\.id.rawValue)
        error(
          "unknown_step",
          "there is no step \"\(target)\"" + Suggestion.text(for: target.rawValue, among: known),
          at: path, nearest: Suggestion.nearest(to: target.rawValue, among: known))
        continue
      }
      if found <= index {
        error(
          "goto_backwards",
          "\"goto\" leads back to \"\(target)\": it leads forwards only, to a step after "
            + "\"\(step.id)\"",
          at: path)
      }
    }
  }

  /// Warns of steps that no path through the document reaches.
  private func checkDeadSteps() {
    var reached: Set<Int> = [0]
    for (index, step) in connector.steps.enumerated() {
      guard reached.contains(index) else {
        findings.add(
          .warning, "dead_step",
          "the step \"\(step.id)\" is never reached: a step before it ends the run",
          at: .step(index))
        continue
      }
      reached.formUnion(exits(of: step, at: index))
    }
  }

  /// The steps a run may enter after this one.
  private func exits(of step: Step, at index: Int) -> Set<Int> {
    guard step.isEnabled else { return [index + 1] }
    var exits: Set<Int> = []
    for component in step.components {
      switch component {
      case .filter(let filter):
        switch filter.otherwise {
        case .nextStep: exits.insert(index + 1)
        case .goto(let target): connector.stepIndex(target).map { _ = exits.insert($0) }
        case .stop: break
        }
      case .action(let action):
        if action.use == "control.stop", action.condition == nil { return exits }
      case .delay, .format, .waitForMessage: break
      }
    }
    return exits.union([index + 1])
  }

  private func check(_ action: ActionComponent, at position: Position) {
    let path = DocumentPath.component(position, .action(action))
    guard let manifest = manifest(of: action, at: path.appending("use")) else { return }
    let policy = PolicyResolution(
      component: action, project: context.policies[action.use.plugin], manifest: manifest)
    if let asked = policy.cutTimeout, policy.timeout.origin == .action {
      findings.add(
        .warning, "clamped",
        "\"timeout\" is \(DurationText.text(asked)), at most "
          + "\(DurationText.text(policy.timeoutMax.value)) are given: lower it, or raise "
          + "\"timeout_max\" in the project's policy of \(action.use.plugin)",
        at: path.appending("timeout"))
    }
    let with = path.appending("with")
    ParameterCheck(action: action.use, schema: manifest.parameters, findings: findings)
      .run(connector.document.value(at: with) ?? [:], at: with)
    checkCredential(of: action, at: with.appending("credential"))
  }

  private func manifest(of action: ActionComponent, at path: DocumentPath) -> ActionManifest? {
    let plugin = action.use.plugin
    guard context.knownPlugins.contains(plugin) else {
      let known = context.knownPlugins.map(\.rawValue)
      error(
        "unknown_plugin",
        "there is no plugin \"\(plugin)\""
          + Suggestion.text(for: plugin.rawValue, among: known, listUpTo: 20),
        at: path, nearest: Suggestion.nearest(to: plugin.rawValue, among: known))
      return nil
    }
    guard let manifest = context.actions[action.use] else {
      let known = context.actions.keys.filter { $0.plugin == plugin }.map(\.rawValue)
      error(
        "unknown_action",
        "there is no action \"\(action.use)\""
          + Suggestion.text(for: action.use.rawValue, among: known),
        at: path, nearest: Suggestion.nearest(to: action.use.rawValue, among: known))
      return nil
    }
    if !context.enabledPlugins.contains(plugin) {
      error(
        "plugin_not_enabled",
        "the plugin \"\(plugin)\" is not enabled for the project \(context.project): type "
          + "`jackfield plugin enable \(plugin) --project \(context.project)`",
        at: path)
    }
    return manifest
  }

  /// A credential that is named literally has to exist and to be granted to the plugin.
  private func checkCredential(of action: ActionComponent, at path: DocumentPath) {
    guard let text = connector.document.value(at: path)?.asText, !text.isEmpty else { return }
    guard !contains(text, "{{") else {
      error(
        "template_not_allowed", "\"credential\" is a name: it cannot be a template", at: path)
      return
    }
    let name = CredentialName(text)
    guard context.credentials.contains(name) else {
      missingCredential(name, at: path)
      return
    }
    let plugin = action.use.plugin
    if let grants = context.grants[plugin], !grants.credentials.contains(name) {
      error(
        "not_granted",
        "the credential \"\(name)\" is not granted to the plugin \"\(plugin)\": add it to "
          + "plugins.\(plugin).grants.credentials of the project \(context.project)",
        at: path)
    }
  }
}

extension DocumentPath {
  static let webhook = DocumentPath([.key("trigger"), .key("webhook")])

  static func step(_ index: Int) -> DocumentPath {
    DocumentPath([.key("steps"), .index(index)])
  }

  /// The object of a filter or an action.
  static func component(_ position: Position, _ component: Component) -> DocumentPath {
    let path = step(position.step).appending("components").appending(position.component)
    return path.appending(component.kind)
  }
}

extension JSONDocument {
  /// The value at a path.
  func value(at path: DocumentPath) -> JSONValue? {
    var value: JSONValue? = root
    for element in path.elements {
      switch element {
      case .key(let key): value = value?[key]
      case .index(let index): value = value?[index]
      }
    }
    return value
  }
}

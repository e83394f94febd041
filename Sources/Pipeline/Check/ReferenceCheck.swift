// SPDX-License-Identifier: Apache-2.0
// Checking what templates refer to: finding the templates and where each stands.

import Values

/// Walks every template of a connector and looks at each path and formatter in it.
struct ReferenceCheck {
  let check: ConnectorCheck
  let flow: StepFlow
  let saved: [String: [SavedName]]
  let sites: [ActionSite]

  var connector: Connector { check.connector }
  var context: CheckContext { check.context }

  init(check: ConnectorCheck) {
    self.check = check
    flow = StepFlow(check.connector)
    saved = Dictionary(grouping: check.connector.savedNames, by: \.name)
    sites = check.connector.actionSites
  }

  func run() {
    walk(DocumentPath.webhook.appending("dedupe").appending("by"), TemplatePlace(.intake))
    for member in ["number", "fields", "attributes"] {
      walk(DocumentPath([.key("contact"), .key(member)]), TemplatePlace(.contact))
    }
    walkRespond()
    for (index, step) in connector.steps.enumerated() {
      let start = Position(step: index, component: 0)
      walk(
        DocumentPath.step(index).appending("for_each").appending("in"), TemplatePlace(.run(start)))
      for (inner, component) in step.components.enumerated() {
        walk(component, in: step, at: Position(step: index, component: inner))
      }
    }
    for site in sites { walk(site) }
  }

  private func walkRespond() {
    let after = connector.respond?.after.flatMap(connector.stepIndex)
    let components = after.map { connector.steps[$0].components.count } ?? 0
    let end = Position(step: after ?? 0, component: components)
    for member in ["headers", "body"] {
      walk(DocumentPath([.key("respond"), .key(member)]), TemplatePlace(.run(end)))
    }
  }

  private func walk(_ component: Component, in step: Step, at position: Position) {
    let path = DocumentPath.component(position, component)
    var place = TemplatePlace(.run(position))
    place.loop = step.forEach
    let members: [String]
    switch component {
    case .filter: members = ["all", "any", "left", "right"]
    case .delay: members = ["amount", "before", "after", "on", "identifier"]
    case .format: members = ["values"]
    // Actions are walked with their fallbacks.
    case .action, .waitForMessage: return
    }
    guard let object = check.connector.document.value(at: path)?.asObject else { return }
    for member in object where members.contains(member.name) {
      var here = place
      here.isGuarded = ReferenceCheck.asksForEmpty(.object(object), member.name)
      walk(member.value, path.appending(member.name), here)
    }
  }

  private func walk(_ site: ActionSite) {
    var place = TemplatePlace(.run(site.position))
    place.loop = connector.steps[site.position.step].forEach
    place.failed = site.failed
    walk(site.path.appending("if"), place)
    let with = site.path.appending("with")
    let schema = context.actions[site.action.use]?.parameters
    for member in connector.document.value(at: with)?.asObject ?? [:] {
      place.isDeferred = schema?.property(named: member.name)?.isDeferred ?? false
      walk(member.value, with.appending(member.name), place)
    }
  }

  private func walk(_ path: DocumentPath, _ place: TemplatePlace) {
    if let value = connector.document.value(at: path) { walk(value, path, place) }
  }

  private func walk(_ value: JSONValue, _ path: DocumentPath, _ place: TemplatePlace) {
    switch value {
    case .text(let text):
      guard contains(text, "{{"), let template = try? Template(parsing: text) else { return }
      for expression in template.expressions { look(at: expression, path, place) }
    case .list(let list):
      for (index, element) in list.enumerated() { walk(element, path.appending(index), place) }
    case .object(let object):
      for (name, member) in object where name != "note" {
        var inner = place
        inner.isGuarded = place.isGuarded || ReferenceCheck.asksForEmpty(value, name)
        walk(member, path.appending(name), inner)
      }
    default: break
    }
  }

  /// Whether a member is the left of a condition that asks whether it is empty.
  private static func asksForEmpty(_ condition: JSONValue, _ member: String) -> Bool {
    guard member == "left", let op = condition["op"]?.asText else { return false }
    return op == ConditionOperator.isEmpty.rawValue || op == ConditionOperator.isNotEmpty.rawValue
  }

  private func look(
    at expression: Template.Expression, _ path: DocumentPath, _ place: TemplatePlace
  ) {
    for use in expression.formatters { look(at: use, path) }
    if case .path(let reference) = expression.operand {
      var place = place
      place.isGuarded = place.isGuarded || expression.formatters.contains { $0.name == "default" }
      judge(reference, path, place)
    }
    for case .path(let reference) in expression.formatters.flatMap(\.arguments) {
      judge(reference, path, place)
    }
  }

  private func look(at use: Template.FormatterUse, _ path: DocumentPath) {
    guard let problem = Formatters.problem(use) else { return }
    check.error(problem.code, problem.message, at: path, nearest: problem.nearest)
  }
}

/// Where a template stands, which decides what it may read.
struct TemplatePlace {
  enum Kind {
    /// Before anything has run: the event alone.
    case intake
    /// In the contact mapping: not the contact itself.
    case contact
    /// Before the component at a position of a run.
    case run(Position)
  }

  let kind: Kind
  /// The loop around it.
  var loop: ForEach?
  /// The actions whose failures lead here, the outermost first.
  var failed: [ActionComponent] = []
  /// Whether an absent value is provided for.
  var isGuarded = false
  /// Whether what begins with `recipient` stays in place.
  var isDeferred = false

  init(_ kind: Kind) { self.kind = kind }
}

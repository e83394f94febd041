// SPDX-License-Identifier: Apache-2.0
// Every path that a template may read at a place, with its type and an example.

import Schema
import Values

extension Connector {
  /// What can be read before the component at `position`; for its fallbacks' actions
  /// `isFallback` adds the failure. A step's first component stands for the step.
  ///
  /// - Parameter sample: an event, whose members are listed
  package func attributes(
    at position: Position, in context: CheckContext, sample: JSONValue? = nil,
    isFallback: Bool = false
  ) -> [Attribute] {
    var listing = AttributeListing(connector: self, context: context, position: position)
    listing.addEvent(sample)
    listing.addContact()
    listing.addFixed()
    listing.addSaved()
    listing.addStates()
    if isFallback { listing.addFailure() }
    return listing.attributes
  }

  /// Where a step, or a component, stands.
  package func position(of id: String) -> Position? {
    for (index, step) in steps.enumerated() {
      if step.id.rawValue == id { return Position(step: index, component: 0) }
      let inner = step.components.firstIndex { $0.id.rawValue == id }
      if let inner { return Position(step: index, component: inner) }
    }
    return nil
  }
}

/// Gathers the attributes of one place.
private struct AttributeListing {
  let connector: Connector
  let context: CheckContext
  let position: Position
  var attributes: [Attribute] = []

  /// Pickers show a few hundred; a sample of a million members is no help.
  private static let most = 2_000
  private static let depth = 8

  private mutating func add(_ path: String, _ type: String, _ example: JSONValue?, _ from: String) {
    guard attributes.count < AttributeListing.most else { return }
    attributes.append(Attribute(path: path, type: type, example: example, from: from))
  }

  mutating func addEvent(_ sample: JSONValue?) {
    let from = "the event of the trigger \(connector.trigger.kind.rawValue)"
    if let sample { return addMembers(of: sample, at: "event", from) }
    add("event", "object", nil, from)
    for member in connector.trigger.kind.eventMembers { add("event.\(member)", "any", nil, from) }
  }

  /// A value and, below it, what it holds; of lists the first element.
  private mutating func addMembers(
    of value: JSONValue, at path: String, _ from: String, depth: Int = 0
  ) {
    let isLeaf = value.asObject == nil && value.asList == nil
    add(path, value.typeName, isLeaf ? value : nil, from)
    guard depth < AttributeListing.depth else { return }
    for (name, member) in value.asObject ?? [:] {
      addMembers(of: member, at: path + AttributeListing.member(name), from, depth: depth + 1)
    }
    if let first = value.asList?.first {
      addMembers(of: first, at: path + "[0]", from, depth: depth + 1)
    }
  }

  /// **Shape** `.name`, or `["a name"]`.
  private static func member(_ name: String) -> String {
    let text = ".\(name)"
    let isPlain = (try? Template(parsing: "{{x\(text)}}"))?.paths.first?.segments == [.name(name)]
    return isPlain ? text : "[\(JSONValue.text(name).json)]"
  }

  mutating func addContact() {
    let check = ConnectorCheck(
      connector: connector, context: context, findings: FindingList(document: nil))
    guard check.mayHaveContact(at: position) else { return }
    let members = ["id", "channel", "number"] + ContactMapping.fieldNames + ["attributes"]
    for member in members {
      let type = member == "attributes" ? "object" : "text"
      add("contact.\(member)", type, nil, "the run's contact")
    }
    for member in connector.contact?.attributes ?? [] {
      let path = "contact.attributes" + AttributeListing.member(member.name)
      add(path, "any", nil, "the run's contact")
    }
  }

  mutating func addFixed() {
    add("run.id", "text", "4711", "the run")
    add("run.started_at", "text", "2026-11-22T10:00:00Z", "the run")
    add("run.hops", "integer", 0, "how often it was routed")
    add("run.entered_as", "object", nil, "the enrolment it was entered under")
    add("connector.name", "text", .text(connector.name.rawValue), "this connector")
    add("connector.version", "integer", 1, "this connector")
    add("project.name", "text", .text(context.project.rawValue), "the project")
    for (name, value) in context.constants {
      let path = "project.constants" + AttributeListing.member(name)
      addMembers(of: value, at: path, "the project's constants")
    }
    let doors = (context.connectors ?? [:]).filter { $0.value == .webhook }.keys.sorted()
    for name in doors { add("connector_url.\(name)", "text", nil, "the URL of \(name)") }
    guard connector.steps.indices.contains(position.step),
      let loop = connector.steps[position.step].forEach
    else { return }
    let from = "the loop of this step"
    add(loop.name, "any", nil, from)
    add("index", "integer", 0, from)
    add("count", "integer", 3, from)
    add("first", "boolean", true, from)
    add("last", "boolean", false, from)
  }

  mutating func addSaved() {
    let possible = StepFlow(connector).names(at: position).possible
    var seen: Set<String> = []
    for saved in connector.savedNames where possible.contains(saved.name) {
      guard saved.position < position, seen.insert(saved.name).inserted else { continue }
      let isList =
        connector.steps[saved.position.step].forEach != nil && saved.position.step != position.step
      if isList { add(saved.name, "list", nil, "\(saved.id), one for each element") }
      addSaved(saved, at: isList ? "\(saved.name)[0]" : saved.name)
    }
  }

  private mutating func addSaved(_ saved: SavedName, at path: String) {
    switch saved.source {
    case .message:
      for member in TriggerKind.message.eventMembers {
        add("\(path).\(member)", "any", nil, "the message of \(saved.id)")
      }
    case .format(let format):
      for member in format.values {
        add(path + AttributeListing.member(member.name), "any", nil, "the format \(saved.id)")
      }
    case .action(let action):
      let manifest = context.actions[action.use]
      let example = manifest?.examples.lazy.compactMap { $0["result"] }.first
      addResult(manifest?.result, example, at: path, "\(action.use), saved by \(saved.id)")
    }
  }

  private mutating func addResult(
    _ schema: JSONSchema?, _ example: JSONValue?, at path: String, _ from: String, depth: Int = 0
  ) {
    guard let schema, !schema.propertyNames.isEmpty else {
      if let example { return addMembers(of: example, at: path, from, depth: depth) }
      return add(path, schema?.raw["type"]?.asText ?? "any", nil, from)
    }
    let isLeaf = example.map { $0.asObject == nil && $0.asList == nil } ?? false
    add(path, schema.raw["type"]?.asText ?? "any", isLeaf ? example : nil, from)
    guard depth < AttributeListing.depth else { return }
    for name in schema.propertyNames {
      addResult(
        schema.property(named: name), example?[name], at: path + AttributeListing.member(name),
        from, depth: depth + 1)
    }
  }

  mutating func addStates() {
    for step in connector.steps.prefix(position.step) {
      add("step.\(step.id).status", "text", "passed", "the step \(step.id)")
    }
    for site in connector.actionSites where site.position < position {
      let from = "the action \(site.action.id)"
      add("action.\(site.action.id).ok", "boolean", true, from)
      add("action.\(site.action.id).status", "text", "succeeded", from)
      add("action.\(site.action.id).attempts", "integer", 1, from)
      for member in Attribute.errorMembers.prefix(4) {
        add("action.\(site.action.id).error.\(member)", "text", nil, from)
      }
      add("action.\(site.action.id).taken", "any", nil, from)
    }
  }

  mutating func addFailure() {
    for member in Attribute.errorMembers { add("error.\(member)", "any", nil, "the failure") }
    add("failed.use", "text", nil, "the action that failed")
    add("failed.with", "object", nil, "the action that failed")
  }
}

// SPDX-License-Identifier: Apache-2.0
// Plugins, a project and connectors for the tests of documents and runs.

import Calendar
import Pipeline
import Schema
import Testing
import Values

enum Fixtures {
  /// 2026-11-22T10:00:00Z, when the runs of the tests begin.
  static let now = Moment(milliseconds: 1_795_341_600_000)

  /// A plugin of two actions, one that maps a contact, one that is `control.stop`, and the shared
  /// collections.
  static let manifests = """
    [
      {"format": 1, "id": "shop", "version": "1.0.0", "abi": "0.1", "title": "Shop",
       "library": {"linux-x86_64": "shop.so"},
       "actions": [
         {"id": "shop.order", "title": "Order", "side_effect": "at_most_once", "timeout": "20 s",
          "narrowed_by": {"method": {"look": "pure", "put": "idempotent"},
                          "effect": {"keyed": "keyed"}},
          "parameters": {
            "type": "object", "required": ["item", "count"], "additionalProperties": false,
            "properties": {
              "item": {"type": "string", "maxLength": 20},
              "count": {"type": "integer", "minimum": 1, "maximum": 100},
              "to": {"type": "array", "items": {"type": "string", "format": "email"}},
              "lines": {"type": "array", "items": {
                "type": "object", "required": ["sku"], "additionalProperties": false,
                "properties": {"sku": {"type": "string"}, "gift": {"type": "boolean"}}}},
              "fields": {"type": "object"},
              "method": {"type": "string", "enum": ["look", "put", "buy"]},
              "url": {"type": "string"},
              "text": {"type": "string", "x-deferred": true},
              "effect": {"type": "string"},
              "credential": {"type": "string"}}},
          "result": {"type": "object", "required": ["id"],
                     "properties": {"id": {"type": "string"}, "price": {"type": "number"}}}},
         {"id": "shop.ask", "title": "Ask", "side_effect": "pure", "fallback": "continue",
          "parameters": {"type": "object", "properties": {"question": {"type": "string"}}}}]},
      {"format": 1, "id": "people", "version": "1.0.0", "abi": "0.1", "title": "People",
       "library": {"linux-x86_64": "people.so"},
       "actions": [
         {"id": "people.find", "title": "Find", "side_effect": "idempotent",
          "sets_contact": "contact_id",
          "parameters": {"type": "object", "required": ["number"],
                         "properties": {"number": {"type": "string"}}},
          "result": {"type": "object", "properties": {"contact_id": {"type": "string"}}}}]},
      {"format": 1, "id": "control", "version": "1.0.0", "abi": "0.1", "title": "Control",
       "library": {"linux-x86_64": "control.so"},
       "actions": [
         {"id": "control.stop", "title": "Stop", "side_effect": "idempotent",
          "parameters": {"type": "object", "properties": {"reason": {"type": "string"}}}},
         {"id": "control.route_to_connector", "title": "Route", "side_effect": "idempotent",
          "parameters": {"type": "object", "required": ["connector"],
                         "properties": {"connector": {"type": "string"}, "event": {}}}},
         {"id": "control.cancel_delay", "title": "Cancel", "side_effect": "idempotent",
          "parameters": {"type": "object", "required": ["delays"], "properties": {
            "delays": {"type": "array", "items": {"type": "object", "properties": {
              "connector": {"type": "string"}, "identifier": {"type": "string", "x-whole": true}}}},
            "then": {"type": "string"}}}}]},
      {"format": 1, "id": "mailer", "version": "1.0.0", "abi": "0.1", "title": "Mailer",
       "library": {"linux-x86_64": "mailer.so"},
       "actions": [
         {"id": "mailer.send", "title": "Send", "side_effect": "at_most_once",
          "parameters": {"type": "object", "properties": {
            "channel": {"type": "string", "x-ref": "channel"}}}}]},
      {"format": 1, "id": "base", "version": "1.0.0", "abi": "0.1", "title": "Base",
       "kind": "data",
       "collections": [
         {"name": "contact", "fields": {"number": {"type": "text"}}, "readers": "all"}]}
    ]
    """

  /// The project of the checks: the mailer is known and not enabled.
  static let project = """
    {"format": 1, "name": "acme", "constants": {"brand": "Acme"},
     "plugins": {
       "shop": {"grants": {"credentials": ["shop_key"], "hosts": ["*.shop.example"]},
                "policy": {"timeout": "30 s"}},
       "people": {}, "control": {}, "mailer": {"enabled": false}},
     "channels": [{"name": "wa", "kind": "whatsapp_cloud"}, {"name": "ops", "kind": "email"}]}
    """

  static func plugins() throws -> [PluginManifest] {
    let list = try #require(try JSONValue(parsing: manifests).asList)
    return try list.map { value in
      let (manifest, findings) = PluginManifest.parse(JSONDocument(value: value))
      return try #require(manifest, "\(findings.map { $0.text(in: "plugin.json") })")
    }
  }

  /// Two zones, from their rules: the tests of documents read no files.
  static let zones: ZoneSource = {
    let rules = ["Asia/Kolkata": "IST-5:30", "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3"]
    return ZoneSource(
      find: { name in
        rules[name].flatMap { ZoneRules(posix: $0) }.map { Zone(name: name, rules: $0) }
      }, names: { rules.keys.sorted() })
  }()

  static func context() throws -> CheckContext {
    let parsed = ProjectDocument.parse(try JSONDocument(source: Array(project.utf8)))
    var context = CheckContext(
      manifests: try plugins(), project: try #require(parsed.project),
      credentials: ["shop_key", "hook", "other"], zones: zones)
    context.connectors = [
      "there": .connector, "back": .connector, "around": .connector, "door": .webhook,
      "strict": .connector,
    ]
    context.accepting = [
      "strict": try accepting(#"{"type": "object", "required": ["id"], "properties": {"#
        + #""id": {"type": "integer"}}}"#)
    ]
    context.attributes = ["Score", "First seen", "City"]
    context.routes = ["back": ["around"], "around": ["lead_intake", "there"]]
    return context
  }

  /// A trigger that takes what a schema says.
  static func accepting(_ schema: String) throws -> RoutedTrigger {
    var trigger = RoutedTrigger()
    trigger.schema = try JSONSchema(parsing: JSONValue(parsing: schema))
    return trigger
  }

  /// What a run asks about actions: each of the fixtures' is enabled.
  static func policies() throws -> (ActionID) -> PolicyInputs {
    let actions = try context().actions
    return { id in PolicyInputs(manifest: actions[id], project: nil) }
  }

  /// A connector of these steps, with a webhook; `more` are further members of the document.
  static func connector(steps: String, more: String = "") throws -> Connector {
    let source = """
      {"format": 1, "project": "acme", "name": "test", "trigger": {"webhook": {}}, \(more)
       "steps": \(steps)}
      """
    let parsed = Connector.parse(try JSONDocument(source: Array(source.utf8)))
    return try #require(parsed.connector, "\(parsed.findings.map { $0.text(in: "c") })")
  }

  /// A run that stands before its first component, with a contact.
  static func progress(
    steps: String, event: JSONValue = [:], more: String = "", child: ChildScope? = nil
  ) throws -> RunProgress {
    RunProgress(
      runID: RunID(7), project: "acme", constants: ["brand": "Acme"],
      connector: try connector(steps: steps, more: more), connectorVersion: 3, startedAt: now,
      event: event, contact: ["id": "c1", "name": "Ana"], child: child,
      connectorURLs: { ["test": "https://hooks.example/t"] })
  }

  /// A step of these components.
  static func step(_ components: String, id: String = "one", more: String = "") -> String {
    #"{"id": "\#(id)", \#(more) "components": [\#(components)]}"#
  }

  static func ask(_ id: String, _ question: String = "", more: String = "") -> String {
    """
    {"action": {"id": "\(id)", "use": "shop.ask", "with": {"question": "\(question)"}\(more)}}
    """
  }
}

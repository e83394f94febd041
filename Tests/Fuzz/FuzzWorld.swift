// SPDX-License-Identifier: Apache-2.0
// What documents and templates refer to while they are fuzzed.
import Calendar
import Pipeline
import Values

/// A project, its plugins, and values for every root word.
enum FuzzWorld {
  static let roots: JSONObject = [
    "event": [
      "name": "Ana B", "n": 3, "price": 12.50, "yes": true, "none": .null,
      "at": "2026-11-22T10:00:00Z",
      "list": ["a", "b", ["c": 1]], "deep": ["a": ["b": ["c": "d"]]], "mail": "ana@acme.example",
      "text": "{{event.name}} and } more {", "phone": "+49 30 123456", "empty": "",
    ],
    "contact": ["id": "c1", "name": "Ana"], "constants": ["brand": "Acme"], "item": ["sku": "s1"],
    "now": "2026-11-22T10:00:00Z",
  ]

  /// One plugin whose parameters use most of what a schema can say, `control`, and a collection.
  private static let manifests = """
    [{"format": 1, "id": "shop", "version": "1.0.0", "abi": "0.1", "title": "Shop",
      "library": {"linux-x86_64": "shop.so"},
      "actions": [
        {"id": "shop.order", "title": "Order", "side_effect": "at_most_once", "timeout": "20 s",
         "parameters": {
           "type": "object", "required": ["item"], "additionalProperties": false,
           "properties": {
             "item": {"type": "string", "maxLength": 20},
             "count": {"type": "integer", "minimum": 1, "maximum": 100},
             "to": {"type": "array", "items": {"type": "string", "format": "email"}},
             "fields": {"type": "object"},
             "text": {"type": "string", "x-deferred": true},
             "whole": {"type": "string", "x-whole": true},
             "credential": {"type": "string", "x-ref": "credential"}}},
         "result": {"type": "object", "properties": {
           "id": {"type": "string"}, "price": {"type": "number"}}},
         "examples": [{"with": {"item": "x"}, "result": {"id": "far", "price": 2.5}}]},
        {"id": "shop.ask", "title": "Ask", "side_effect": "pure", "fallback": "continue",
         "parameters": {"type": "object", "properties": {"question": {"type": "string"}}}}]},
     {"format": 1, "id": "control", "version": "1.0.0", "abi": "0.1", "title": "Control",
      "library": {"linux-x86_64": "control.so"},
      "actions": [
        {"id": "control.stop", "title": "Stop", "side_effect": "idempotent",
         "parameters": {"type": "object", "properties": {"reason": {"type": "string"}}}},
        {"id": "control.route_to_connector", "title": "Route", "side_effect": "idempotent",
         "parameters": {"type": "object", "required": ["connector"],
           "properties": {"connector": {"type": "string"}, "event": {}}}}]},
     {"format": 1, "id": "base", "version": "1.0.0", "abi": "0.1", "title": "Base", "kind": "data",
      "collections": [
        {"name": "contact", "fields": {"number": {"type": "text"}}, "readers": "all"}]}]
    """

  private static let project = """
    {"format": 1, "name": "acme", "constants": {"brand": "Acme"},
     "plugins": {"shop": {"grants": {"credentials": ["shop_key"]}}, "control": {}},
     "channels": [{"name": "wa", "kind": "whatsapp_cloud"}, {"name": "ops", "kind": "email"}]}
    """

  static let zones: ZoneSource = {
    let rules = ["Asia/Kolkata": "IST-5:30", "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3"]
    return ZoneSource(
      find: { name in
        rules[name].flatMap { ZoneRules(posix: $0) }.map { Zone(name: name, rules: $0) }
      }, names: { rules.keys.sorted() })
  }()

  /// The world is part of the program: a mistake in it is a programmer's.
  static let context: CheckContext = {
    let list = (try? JSONValue(parsing: manifests))?.asList ?? []
    let plugins = list.compactMap { PluginManifest.parse(JSONDocument(value: $0)).manifest }
    let source = try? JSONDocument(source: Array(project.utf8))
    let acme = source.flatMap { ProjectDocument.parse($0).project }
    guard plugins.count == 3, let acme else {
      preconditionFailure("the plugins or the project of the fuzz world cannot be read")
    }
    var context = CheckContext(
      manifests: plugins, project: acme, credentials: ["shop_key", "hook", "other"], zones: zones)
    context.connectors = ["there": .connector, "door": .webhook]
    context.attributes = ["Score", "City"]
    return context
  }()
}

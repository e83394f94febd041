// SPDX-License-Identifier: Apache-2.0
// The project that a plugin's examples are of.

import Values

/// `check.json`: what is in the project when an example is called. A value: every call begins
/// with it anew.
///
/// **Shape** `{records?: {collection: {id: fields}}, credentials?: {name: visible fields},
/// connectors?: {name: enabled}, settings?: object, contact?: id, delays?: [{connector, identifier,
/// run}], blobs?: {name of a blob: its content as text}}`.
package struct CheckWorld: Sendable {
  package var records = WorldRecords()
  var blobs = WorldBlobs()
  var credentials: [String: JSONValue] = [:]
  var connectors: [String: Bool] = [:]
  var delays: [JSONValue] = []
  var settings: JSONValue = [:]
  var contact: String?

  private static let keys = [
    "format", "records", "credentials", "connectors", "delays", "settings", "contact", "blobs", "note",
  ]

  init(_ value: JSONValue) {
    for (collection, records) in value["records"]?.asObject ?? [:] {
      for (id, fields) in records.asObject ?? [:] {
        self.records.collections[collection, default: [:]][id] = fields.asObject ?? [:]
      }
    }
    for (name, fields) in value["credentials"]?.asObject ?? [:] {
      var shown = fields.asObject ?? [:]
      shown["name"] = .text(name)
      credentials[name] = .object(shown)
    }
    for (name, enabled) in value["connectors"]?.asObject ?? [:] {
      connectors[name] = enabled.asBoolean ?? true
    }
    delays = value["delays"]?.asList ?? []
    for (name, content) in value["blobs"]?.asObject ?? [:] {
      blobs.contents[name] = Array((content.asText ?? "").utf8)
    }
    settings = value["settings"] ?? [:]
    contact = value["contact"]?.asText
  }

  /// What is wrong with a document; nil when it can be used.
  static func problem(with value: JSONValue) -> String? {
    guard let object = value.asObject else { return "it is no object" }
    for name in object.names where !keys.contains(name) {
      return "the key \"\(name)\" is unknown: known are \(keys.joined(separator: ", "))"
    }
    for name in ["records", "credentials", "connectors", "settings", "blobs"] {
      if let member = object[name], member.asObject == nil { return "\"\(name)\" is no object" }
    }
    for (collection, records) in object["records"]?.asObject ?? [:] {
      guard let records = records.asObject, records.values.allSatisfy({ $0.asObject != nil })
      else { return "records of \(collection) are written {id: {field: value}}" }
    }
    return nil
  }
}

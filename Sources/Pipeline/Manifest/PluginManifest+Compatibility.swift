// SPDX-License-Identifier: Apache-2.0
// Whether one build of a plugin can take the place of another under connectors that are in force.

import Schema
import Values

extension PluginManifest {
  /// The first thing that connectors checked against `old` may rely on and this build does not
  /// keep; nil when it can take the other's place.
  ///
  /// Parameters may only widen, results only narrow or have more members; actions, their error
  /// codes, credential kinds, channel kinds, collections and fields stay.
  package func incompatibility(with old: PluginManifest) -> String? {
    for action in old.actions {
      guard let own = self.action(action.id) else {
        return "action \(action.id) is not there any more"
      }
      if let reason = own.incompatibility(with: action) { return "action \(action.id): \(reason)" }
    }
    if let reason = settingsIncompatibility(with: old) { return reason }
    for kind in old.credentials where !credentials.contains(where: { $0.kind == kind.kind }) {
      return "credential kind \(kind.kind) is not there any more"
    }
    for kind in old.channels {
      guard let own = channels.first(where: { $0.kind == kind.kind }) else {
        return "channel kind \(kind.kind) is not there any more"
      }
      if kind.webhook != nil, own.webhook == nil {
        return "channels of kind \(kind.kind) do not receive any more"
      }
    }
    for collection in old.collections {
      guard let own = collections.first(where: { $0.name == collection.name }) else {
        return "collection \(collection.name) is not there any more"
      }
      if let reason = own.incompatibility(with: collection) { return reason }
    }
    return nil
  }

  private func settingsIncompatibility(with old: PluginManifest) -> String? {
    settings?.refusal(of: old.settings ?? .empty)?.text(of: "setting")
  }
}

extension ActionManifest {
  /// As for the whole plugin.
  func incompatibility(with old: ActionManifest) -> String? {
    if let refusal = parameters.refusal(of: old.parameters) { return refusal.text(of: "parameter") }
    if let before = old.result {
      guard let result else { return "it has no result any more" }
      if let refusal = before.refusal(of: result, ignoringNew: true) {
        return refusal.text(of: "result")
      }
    }
    let codes = Set(errors.map(\.code))
    if let code = old.errors.map(\.code).first(where: { !codes.contains($0) }) {
      return "error code \(code) is not there any more"
    }
    if let contact = old.setsContact, setsContact != contact {
      return "its result's \(contact) is not the contact any more"
    }
    return nil
  }
}

extension CollectionManifest {
  /// Collections change by addition only: records of the older build stay readable.
  func incompatibility(with old: CollectionManifest) -> String? {
    for field in old.fields {
      guard let own = self.field(field.name) else {
        return "collection \(name): field \(field.name) is not there any more"
      }
      if own.type != field.type {
        return "collection \(name): field \(field.name) was \(field.type.rawValue) and is "
          + own.type.rawValue
      }
    }
    return nil
  }
}

extension SchemaRefusal {
  fileprivate func text(of what: String) -> String {
    path.isEmpty ? "the \(what)s: \(message)" : "\(what) \(path): \(message)"
  }
}

extension JSONSchema {
  /// An object without members: what is there where nothing was asked for.
  fileprivate static var empty: JSONSchema {
    let raw: JSONValue = ["type": "object", "additionalProperties": false]
    guard let schema = try? JSONSchema(parsing: raw) else {
      preconditionFailure("the empty object's schema is one")
    }
    return schema
  }
}

// SPDX-License-Identifier: Apache-2.0
// Checking an action's parameters before anything runs.

import Schema
import Values

/// Holds the written parameters of one action against its schema. Templates are not judged by
/// type; names, required members and literal values are.
struct ParameterCheck {
  let action: ActionID
  let schema: JSONSchema
  let findings: FindingList

  func run(_ with: JSONValue, at path: DocumentPath) {
    check(with, schema, at: path, isTop: true)
  }

  private func check(
    _ value: JSONValue, _ schema: JSONSchema, at path: DocumentPath, isTop: Bool = false
  ) {
    switch value {
    case .text(let text) where contains(text, "{{"): return
    case .object(let object) where !schema.propertyNames.isEmpty || schema.branches != nil:
      checkMembers(object, schema, at: path, isTop: isTop)
    case .list(let list) where schema.items != nil && holdsTemplate(value):
      for (index, element) in list.enumerated() {
        if let items = schema.items { check(element, items, at: path.appending(index)) }
      }
    default:
      if !holdsTemplate(value) { report(value, schema, at: path) }
    }
  }

  private func checkMembers(
    _ object: JSONObject, _ schema: JSONSchema, at path: DocumentPath, isTop: Bool
  ) {
    let branch = schema.branches?.selected(by: .object(object))
    if schema.branches != nil, branch == nil, !holdsTemplate(.object(object)) {
      report(.object(object), schema, at: path)
      return
    }
    for (name, value) in object where name != "note" || schema.property(named: "note") != nil {
      let below = path.appending(name)
      if let property = schema.property(named: name) {
        check(value, property, at: below)
        continue
      }
      switch schema.additional {
      case .allowed: break
      case .matching(let additional): check(value, additional, at: below)
      case .refused: unknown(name, schema, at: below, isTop: isTop)
      }
    }
    for name in schema.required + (branch?.required ?? []) where isAbsent(object[name]) {
      guard schema.property(named: name)?.defaultValue == nil else { continue }
      findings.add(
        .error, "missing_parameter",
        isTop
          ? "\(action) needs the parameter \"\(name)\"" : "\(path.last) needs \"\(name)\"",
        at: path)
    }
  }

  private func unknown(_ name: String, _ schema: JSONSchema, at path: DocumentPath, isTop: Bool) {
    let known = schema.propertyNames
    findings.add(
      .error, "unknown_parameter",
      (isTop ? "\(action) has no parameter \"\(name)\"" : "unknown member \"\(name)\"")
        + Suggestion.text(for: name, among: known, listUpTo: 30),
      at: path, ofKey: true, nearest: Suggestion.nearest(to: name, among: known))
  }

  /// Reports a literal that does not fit, after the coercion a call does.
  private func report(_ value: JSONValue, _ schema: JSONSchema, at path: DocumentPath) {
    for violation in schema.validateParameters(schema.coerce(value)) {
      let inside = violation.path.isEmpty ? "" : ": \(violation.path)"
      let rest =
        violation.message.split(separator: " ", omittingEmptySubsequences: false)
        .drop { $0 != "must" && $0 != "is" }.joined(separator: " ")
      findings.add(
        .error, "invalid_parameter",
        "\"\(path.last)\"\(inside) \(rest.isEmpty ? violation.message : rest)", at: path)
    }
  }

  private func isAbsent(_ value: JSONValue?) -> Bool {
    value == nil || value == .null || value == .text("")
  }

  private func holdsTemplate(_ value: JSONValue) -> Bool {
    switch value {
    case .text(let text): contains(text, "{{")
    case .list(let list): list.contains { holdsTemplate($0) }
    case .object(let object): object.contains { holdsTemplate($0.value) }
    default: false
    }
  }
}

extension DocumentPath {
  /// The last key or index, for messages.
  var last: String {
    switch elements.last {
    case .none: "$"
    case .key(let key): key
    case .index(let index): "element \(index)"
    }
  }
}

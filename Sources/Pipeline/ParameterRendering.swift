// SPDX-License-Identifier: Apache-2.0
// From an action's `with` to the parameters of its call.

import Schema
import Values

/// Renders, shapes, coerces and validates the parameters of one call.
///
/// **Source** spec/actions.md §1.1, spec/formats.md 1.12.
struct ParameterRendering {
  let schema: JSONSchema
  private(set) var scope: RenderScope
  private(set) var notes: [String] = []

  init(schema: JSONSchema, scope: RenderScope) {
    self.schema = schema
    self.scope = scope
  }

  /// The parameters, valid against the schema.
  ///
  /// - Parameter explain: why a path led nowhere
  /// **Throws** `invalid_input` with the parameter, the value's type and the type wanted.
  mutating func render(
    _ with: TemplateTree, explain: (AttributePath) -> String
  ) throws(ActionFailure) -> JSONValue {
    var object = JSONObject()
    var missing: [String: AttributePath] = [:]
    for (name, tree) in ParameterRendering.members(of: with) {
      let before = scope.missing.count
      let value = try renderOne(name, tree)
      if scope.missing.count > before { missing[name] = scope.missing[before] }
      guard let value else { continue }
      if !tree.isLiteral, value.isEmpty, isAbsentWhenEmpty(value) { continue }
      object[name] = schema.property(named: name).map { shape(value, to: $0, at: name) } ?? value
    }
    for name in schema.required where object[name] == nil || object[name] == .null {
      guard schema.property(named: name)?.defaultValue == nil else { continue }
      let reason = missing[name].map { ": " + explain($0) } ?? ""
      throw ActionFailure(
        .invalidInput, code: "empty_parameter", message: "\(name) is empty\(reason)")
    }
    let coerced = schema.coerce(.object(object))
    if let violation = schema.validate(coerced).first {
      throw ActionFailure(
        .invalidInput, code: "invalid_parameter", message: violation.message)
    }
    return coerced
  }

  private mutating func renderOne(
    _ name: String, _ tree: TemplateTree
  ) throws(ActionFailure) -> JSONValue? {
    do throws(TemplateError) {
      return try tree.render(in: &scope)
    } catch {
      throw ActionFailure(
        .invalidInput, code: error.code, message: "\(name): \(error)")
    }
  }

  static func members(of with: TemplateTree) -> [(name: String, value: TemplateTree)] {
    switch with {
    case .literal(let value): value.asObject?.map { ($0.name, .literal($0.value)) } ?? []
    case .object(let members): members.map { ($0.name, $0.value) }
    default: []
    }
  }

  /// An optional parameter that renders to nothing counts as absent; an empty list or object
  /// that was built is a value.
  private func isAbsentWhenEmpty(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .text: true
    default: false
    }
  }

  /// Lists accept one value, and elements that are lists are flattened; objects in lists without
  /// a required member drop out.
  private mutating func shape(_ value: JSONValue, to schema: JSONSchema, at path: String) -> JSONValue {
    if schema.types == [.array] {
      let wantsLists = schema.items?.types.contains(.array) ?? false
      var elements: [JSONValue] = []
      for element in value.asList ?? [value] {
        if let nested = element.asList, !wantsLists {
          elements += nested
        } else {
          elements.append(element)
        }
      }
      guard let items = schema.items else { return .list(elements) }
      let kept = elements.filter { isComplete($0, items) }
      if kept.count < elements.count {
        notes.append("\(path): \(elements.count - kept.count) empty elements were left out")
      }
      return .list(kept.map { shape($0, to: items, at: path) })
    }
    guard let object = value.asObject, !schema.propertyNames.isEmpty else { return value }
    var shaped = JSONObject()
    for (name, member) in object {
      shaped[name] =
        schema.property(named: name).map { shape(member, to: $0, at: "\(path).\(name)") } ?? member
    }
    return .object(shaped)
  }

  /// Whether a list's element has something in each of its required members.
  private func isComplete(_ element: JSONValue, _ schema: JSONSchema) -> Bool {
    switch element {
    case .null: false
    case .text(let text): !text.isEmpty
    case .object(let object):
      schema.required.allSatisfy { name in
        if let value = object[name] { !value.isEmpty } else { false }
      }
    default: true
    }
  }
}

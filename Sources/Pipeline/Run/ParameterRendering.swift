// SPDX-License-Identifier: Apache-2.0
// From an action's `with` to the parameters of its call.

import Schema
import Values

/// Renders, coerces and validates the parameters of one call.
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
  /// **Throws** `invalid_input` with the parameter, what was found and what is wanted.
  mutating func render(
    _ with: TemplateTree, explain: (AttributePath) -> String
  ) throws(ActionFailure) -> JSONValue {
    var object = JSONObject()
    var missing: [String: AttributePath] = [:]
    for (name, tree) in ParameterRendering.members(of: with) {
      let before = scope.missing.count
      object[name] = try renderOne(name, tree)
      if scope.missing.count > before { missing[name] = scope.missing[before] }
    }
    let coercion = schema.coercion(of: .object(object))
    notes += coercion.notes
    guard let violation = schema.validateParameters(coercion.value).first else {
      return coercion.value
    }
    let parameter = String(violation.path.prefix { $0 != "." && $0 != "[" })
    let reason = missing[parameter].map { ": " + explain($0) } ?? ""
    guard violation.code == "missing" || violation.code == "empty" else {
      throw ActionFailure(
        .invalidInput, code: "invalid_parameter", message: violation.message + reason)
    }
    throw ActionFailure(
      .invalidInput, code: "empty_parameter", message: "\(violation.path) is empty\(reason)")
  }

  private mutating func renderOne(
    _ name: String, _ tree: TemplateTree
  ) throws(ActionFailure) -> JSONValue? {
    do throws(TemplateError) {
      guard let property = schema.property(named: name) else { return try tree.render(in: &scope) }
      return property.isDeferred
        ? try tree.renderDeferred(in: &scope) : try tree.render(in: &scope, by: property, name)
    } catch {
      throw ActionFailure(.invalidInput, code: error.code, message: "\(name): \(error)")
    }
  }

  private static func members(of with: TemplateTree) -> [(name: String, value: TemplateTree)] {
    switch with {
    case .literal(let value): value.asObject?.map { ($0.name, .literal($0.value)) } ?? []
    case .object(let members): members.map { ($0.name, $0.value) }
    default: []
    }
  }
}

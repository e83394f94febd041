// SPDX-License-Identifier: Apache-2.0
// A JSON value whose texts may be templates.

import Schema
import Values

/// A value of a connector with its templates parsed: what stands in `with`, `left`, `right`.
package indirect enum TemplateTree: Sendable, Hashable {
  /// A value without any template in it.
  case literal(JSONValue)
  case template(Template)
  case list([TemplateTree])
  case object([TemplateMember])

  /// Whether there is nothing to evaluate.
  package var isLiteral: Bool {
    if case .literal = self { true } else { false }
  }

  /// The subtree of an object's member.
  package subscript(name: String) -> TemplateTree? {
    switch self {
    case .literal(let value): value[name].map { .literal($0) }
    case .object(let members): members.first { $0.name == name }?.value
    default: nil
    }
  }

  /// Parses the texts of a value; a bad template is a finding, and stands for itself.
  static func read(_ source: DocumentValue) -> TemplateTree {
    switch source.value {
    case .text(let text):
      guard contains(text, "{{") else { return .literal(source.value) }
      do {
        return .template(try Template(parsing: text))
      } catch {
        source.error("bad_template", "\(source.label): \(error)")
        return .literal(source.value)
      }
    case .list(let elements):
      let trees = elements.enumerated().map { index, element in
        read(
          DocumentValue(
            element, path: source.path.appending(index), findings: source.findings))
      }
      return trees.allSatisfy(\.isLiteral) ? .literal(source.value) : .list(trees)
    case .object(let members):
      let trees = members.map { member in
        TemplateMember(
          name: member.name,
          value: read(
            DocumentValue(
              member.value, path: source.path.appending(member.name), findings: source.findings)))
      }
      return trees.allSatisfy(\.value.isLiteral) ? .literal(source.value) : .object(trees)
    default: return .literal(source.value)
    }
  }

  /// Evaluates every template once; nil when it is one expression that is missing. Members and
  /// elements that are missing are left out.
  package func render(in scope: inout RenderScope) throws(TemplateError) -> JSONValue? {
    switch self {
    case .literal(let value): return value
    case .template(let template): return try scope.render(template)
    case .list(let trees):
      var elements: [JSONValue] = []
      for tree in trees {
        if let element = try tree.render(in: &scope) { elements.append(element) }
      }
      return .list(elements)
    case .object(let members):
      var object = JSONObject()
      for member in members { object[member.name] = try member.value.render(in: &scope) }
      return .object(object)
    }
  }
}

extension TemplateTree {
  /// The same, but that a text of `x-whole` is left out where a part of it is empty.
  func render(
    in scope: inout RenderScope, by schema: JSONSchema, _ name: String
  ) throws(TemplateError) -> JSONValue? {
    switch self {
    case .literal(let value): return value
    case .template(let template):
      return schema.isWhole ? try scope.renderWhole(template, name) : try scope.render(template)
    case .list(let trees):
      guard let items = schema.items else { return try render(in: &scope) }
      var elements: [JSONValue] = []
      for (index, tree) in trees.enumerated() {
        let element = try tree.render(in: &scope, by: items, "\(name)[\(index)]")
        if let element { elements.append(element) }
      }
      return .list(elements)
    case .object(let members):
      var object = JSONObject()
      for member in members {
        guard let property = schema.property(named: member.name) else {
          object[member.name] = try member.value.render(in: &scope)
          continue
        }
        object[member.name] = try member.value.render(
          in: &scope, by: property, "\(name).\(member.name)")
      }
      return .object(object)
    }
  }
}

/// One member of an object with templates in it.
package struct TemplateMember: Sendable, Hashable {
  package let name: String
  package let value: TemplateTree
}

// SPDX-License-Identifier: Apache-2.0
// Parameters that are rendered twice: by the run, and by the action for each recipient.

import Values

/// What stays in place in a deferred parameter.
///
/// **Source** spec/engine.md, Deferred parameters; spec/actions.md 1.1.
package enum DeferredRoot {
  /// Expressions that read this root are left for the action.
  package static let name = "recipient"

  /// A text that, rendered as a template, gives the text itself: what a run puts in is data and is
  /// never evaluated again. Single braces too: two values side by side could make a pair.
  package static func escaped(_ text: String) -> String {
    contains(text, "{") ? split(text, by: "{").joined(separator: "{{\"{\"}}") : text
  }
}

extension TemplateTree {
  /// Evaluates every template but for the expressions of `recipient`, which stay as templates.
  func renderDeferred(in scope: inout RenderScope) throws(TemplateError) -> JSONValue? {
    switch self {
    case .literal(let value): return value
    case .template(let template): return try template.renderDeferred(in: &scope)
    case .list(let trees):
      var elements: [JSONValue] = []
      for tree in trees {
        if let element = try tree.renderDeferred(in: &scope) { elements.append(element) }
      }
      return .list(elements)
    case .object(let members):
      var object = JSONObject()
      for member in members {
        object[member.name] = try member.value.renderDeferred(in: &scope)
      }
      return .object(object)
    }
  }
}

extension Template {
  fileprivate func renderDeferred(
    in scope: inout RenderScope
  ) throws(TemplateError) -> JSONValue? {
    guard paths.contains(where: { $0.root == DeferredRoot.name }) else {
      return try scope.render(self)?.withEscapedTexts
    }
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .expression(let expression):
        if expression.isDeferred {
          text += try expression.text(in: &scope)
        } else {
          let value = try scope.render(Template(parsing: expression.written))
          text += DeferredRoot.escaped(value?.inlineText ?? "")
        }
      }
    }
    return .text(text)
  }
}

extension Template.Expression {
  fileprivate var isDeferred: Bool {
    ([operand] + formatters.flatMap(\.arguments)).contains(where: \.isDeferred)
  }

  /// The expression as a document would have it.
  fileprivate var written: String {
    let uses = formatters.map { use in
      use.arguments.isEmpty
        ? use.name : use.name + ": " + use.arguments.map(\.written).joined(separator: ", ")
    }
    return "{{" + ([operand.written] + uses).joined(separator: " | ") + "}}"
  }

  /// The same with what the run knows put in as literals.
  fileprivate func text(in scope: inout RenderScope) throws(TemplateError) -> String {
    let operand = try operand.settled(in: &scope)
    var text = "{{" + operand
    for use in formatters {
      text += " | " + use.name
      for (index, argument) in use.arguments.enumerated() {
        text += (index == 0 ? ": " : ", ") + (try argument.settled(in: &scope))
      }
    }
    return text + "}}"
  }
}

extension Template.Operand {
  fileprivate var isDeferred: Bool {
    if case .path(let path) = self { path.root == DeferredRoot.name } else { false }
  }

  fileprivate var written: String {
    switch self {
    case .path(let path): path.description
    case .literal(let value): value.json
    }
  }

  fileprivate func settled(in scope: inout RenderScope) throws(TemplateError) -> String {
    guard case .path = self, !isDeferred else { return written }
    return (try scope.render(Template(parsing: "{{\(written)}}")) ?? .null).json
  }
}

extension JSONValue {
  fileprivate var withEscapedTexts: JSONValue {
    switch self {
    case .text(let text): .text(DeferredRoot.escaped(text))
    case .list(let list): .list(list.map(\.withEscapedTexts))
    case .object(let object):
      .object(JSONObject(object.lazy.map { ($0.name, $0.value.withEscapedTexts) }))
    default: self
    }
  }
}

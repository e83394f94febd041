// SPDX-License-Identifier: Apache-2.0
// Rendering: paths looked up, formatters applied, parts joined.

extension Template {
  /// Evaluates the template once. What comes out is data: braces in it stay braces.
  ///
  /// A template that is one expression gives that value with its type. Otherwise the result is a
  /// text: numbers as written, lists and objects as JSON, null and missing as nothing.
  /// - Parameter root: the value of a root word, nil where there is none
  /// - Parameter formatter: applies a formatter by name to a value (nil: missing) and arguments (a
  ///   missing one is null); nil for *gives nothing*
  /// **Throws**: what the formatter throws; `too_large` above 32 MiB
  public func render(
    root: (String) -> JSONValue?,
    formatter: (String, JSONValue?, [JSONValue]) throws(TemplateError) -> JSONValue?
  ) throws(TemplateError) -> Rendered {
    var rendered = Rendered(value: nil)
    if let single = singleExpression {
      rendered.value = try single.evaluate(root, formatter, &rendered)
      rendered.note(single, gave: rendered.value)
      return rendered
    }
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .expression(let expression):
        let value = try expression.evaluate(root, formatter, &rendered)
        rendered.note(expression, gave: value)
        if let value { text += value.inlineText }
      }
      if text.utf8.count > TemplateLimits.rendered {
        throw TemplateError(
          code: "too_large",
          reason: "the rendered text is over \(TemplateLimits.rendered) bytes: put in less",
          offset: 0)
      }
    }
    rendered.value = .text(text)
    return rendered
  }
}

extension Template.Expression {
  func evaluate(
    _ root: (String) -> JSONValue?,
    _ formatter: (String, JSONValue?, [JSONValue]) throws(TemplateError) -> JSONValue?,
    _ rendered: inout Rendered
  ) throws(TemplateError) -> JSONValue? {
    var value = operand.value(root)
    for use in formatters {
      let arguments = use.arguments.map { argument in
        let value = argument.value(root)
        if value == nil, case .path(let path) = argument { rendered.missing.append(path) }
        return value ?? .null
      }
      let before = value
      do throws(TemplateError) {
        value = try formatter(use.name, before, arguments)
      } catch {
        // A formatter does not know where it stands; the template does.
        throw TemplateError(code: error.code, reason: error.reason, offset: use.offset)
      }
      if value == nil, let before {
        rendered.notes.append("\(use.name) gave nothing for a value of type \(before.typeName)")
      }
    }
    if value == nil, case .path(let path) = operand, operand.value(root) == nil {
      rendered.missing.append(path)
    }
    return value
  }
}

extension Rendered {
  fileprivate mutating func note(_ expression: Template.Expression, gave value: JSONValue?) {
    switch value {
    case nil, .null: blank.append(expression)
    case .text(let text) where text.allSatisfy(\.isWhitespace): blank.append(expression)
    default: break
    }
  }
}

extension Template.Operand {
  func value(_ root: (String) -> JSONValue?) -> JSONValue? {
    switch self {
    case .literal(let literal): literal
    case .path(let path): root(path.root).flatMap(path.resolve)
    }
  }
}

extension JSONValue {
  /// As it stands inside a text: a text as it is, numbers as written, null as nothing, lists and
  /// objects as JSON.
  public var inlineText: String {
    switch self {
    case .null: ""
    case .text(let text): text
    default: json
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Text with attributes in it, parsed once and rendered many times.

/// A text with `{{…}}` in it. An expression is a path or a JSON literal, followed by formatters:
/// `{{event.name | trim | default: "friend"}}`; their arguments are paths or JSON literals. A
/// literal `{{` is written `{{"{{"}}`.
///
/// The language is total: no loops, no calls but the formatters, and what an expression gives is
/// data that is never read as a template again.
public struct Template: Sendable, Hashable {
  /// What a value is taken from.
  public enum Operand: Sendable, Hashable {
    case path(AttributePath)
    case literal(JSONValue)
  }

  /// A formatter's name and arguments.
  public struct FormatterUse: Sendable, Hashable {
    public let name: String
    public let arguments: [Operand]
    /// **Unit**: Unicode scalars from the start of the template.
    public let offset: Int
  }

  /// What stands between `{{` and `}}`.
  public struct Expression: Sendable, Hashable {
    public let operand: Operand
    public let formatters: [FormatterUse]
    /// Of the opening braces. **Unit**: Unicode scalars from the start of the template.
    public let offset: Int
  }

  public enum Part: Sendable, Hashable {
    case text(String)
    case expression(Expression)
  }

  /// As written.
  public let source: String
  /// In order; two texts never stand side by side.
  public let parts: [Part]

  /// **Throws**: what is wrong and where, such as `unclosed {{ at character 12`
  public init(parsing source: String) throws(TemplateError) {
    self.source = source
    parts = try source.withBytes { bytes throws(TemplateError) in
      var scanner = TemplateScanner(bytes)
      return try scanner.template()
    }
  }

  /// Whether there is nothing to evaluate.
  public var isLiteral: Bool {
    parts.allSatisfy { if case .text = $0 { true } else { false } }
  }

  /// The expression of a template that is nothing else, so its value keeps its type.
  public var singleExpression: Expression? {
    if parts.count == 1, case .expression(let expression) = parts[0] { expression } else { nil }
  }

  public var expressions: [Expression] {
    parts.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
  }

  /// Every path read, arguments included, in order.
  public var paths: [AttributePath] {
    expressions.flatMap { [$0.operand] + $0.formatters.flatMap(\.arguments) }
      .compactMap { if case .path(let path) = $0 { path } else { nil } }
  }

  /// The names of the formatters used, in order.
  public var formatterNames: [String] {
    expressions.flatMap { $0.formatters.map(\.name) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// The formatters after `|`: their registry, their check, and their use.

import Values

/// The formatters of templates. Total: a value of the wrong type gives nothing, which the
/// rendering notes; every result is bounded.
///
/// **Source** spec/formats.md 1, Formatters.
package enum Formatters {
  /// Every formatter of this version, group by group.
  package static let all: [Formatter] =
    text + extraction + codecs + numbers + dates + lists + phone

  private static let named: [String: Formatter] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// What is wrong with a use, found without evaluating it.
  struct Problem: Hashable {
    let code: String
    let message: String
    var nearest: String?
  }

  /// Looks at the name, the number of arguments, and those that are literals.
  static func problem(_ use: Template.FormatterUse) -> Problem? {
    guard let formatter = named[use.name] else { return unknown(use.name) }
    if let problem = wrongCount(formatter, use.arguments.count) { return problem }
    for (parameter, argument) in zip(formatter.parameters, use.arguments) {
      guard case .literal(let literal) = argument, let wanted = parameter.problem(with: literal)
      else { continue }
      return Problem(
        code: "wrong_arguments",
        message: "the formatter \"\(use.name)\": \"\(parameter.name)\" is to be \(wanted), found "
          + literal.typeName)
    }
    return nil
  }

  private static func unknown(_ name: String) -> Problem {
    Problem(
      code: "unknown_formatter",
      message: "unknown formatter \"\(name)\"" + Suggestion.text(for: name, among: named.keys),
      nearest: Suggestion.nearest(to: name, among: named.keys))
  }

  private static func wrongCount(_ formatter: Formatter, _ count: Int) -> Problem? {
    let allowed = formatter.arguments
    guard !allowed.contains(count) else { return nil }
    let range =
      switch (allowed.lowerBound, allowed.upperBound) {
      case (_, 0): "no argument"
      case (let low, let high) where low == high: "\(high) argument\(high == 1 ? "" : "s")"
      case (let low, let high): "\(low) to \(high) arguments"
      }
    let names = formatter.parameters.map { $0.isOptional ? "\($0.name)?" : $0.name }
    return Problem(
      code: "wrong_arguments",
      message: "the formatter \"\(formatter.name)\" takes \(range)"
        + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))") + ": it has \(count)")
  }

  /// What applying a formatter came to.
  package enum Outcome: Sendable, Hashable {
    case value(JSONValue)
    /// The value was missing already.
    case missing
    /// In plain words, and without anything of the value.
    case nothing(reason: String)
  }

  /// Applies a formatter; a missing value stays missing for all but `default`.
  ///
  /// **Throws** `unknown_formatter`, `wrong_arguments`: what the check would say
  package static func apply(
    _ name: String, _ value: JSONValue?, _ arguments: [JSONValue], _ context: FormatterContext
  ) throws(TemplateError) -> Outcome {
    guard let formatter = named[name] else { throw error(unknown(name)) }
    if let problem = wrongCount(formatter, arguments.count) { throw error(problem) }
    guard value != nil || formatter.takesMissing else { return .missing }
    do throws(FormatterRefusal) {
      return .value(
        try formatter.apply(FormatterCall(value, arguments, context: context)))
    } catch {
      return value == nil ? .missing : .nothing(reason: error.reason)
    }
  }

  private static func error(_ problem: Problem) -> TemplateError {
    TemplateError(code: problem.code, reason: problem.message, offset: 0)
  }
}

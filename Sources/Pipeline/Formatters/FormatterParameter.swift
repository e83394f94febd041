// SPDX-License-Identifier: Apache-2.0
// One argument of a formatter, as the check and the documentation see it.

import Calendar
import Values

/// What stands at one place after a formatter's colon.
package struct FormatterParameter: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case any
    /// A text, a number or a boolean, taken as text.
    case text
    /// A number, or a text that is one.
    case number
    case wholeNumber(ClosedRange<Int>)
    case choice([String])
    /// A record filter, or the name of a field.
    case filter
    /// Of a date; one that is read by has to name a year.
    case datePattern(isRead: Bool)
    /// `-2 h`, `1 month`.
    case dateAmount
    case dateUnit
  }

  package let name: String
  package let kind: Kind
  package let isOptional: Bool

  init(_ name: String, _ kind: Kind, isOptional: Bool = false) {
    self.name = name
    self.kind = kind
    self.isOptional = isOptional
  }

  /// What is wanted, where a literal does not fit; null stands for an optional argument left out.
  func problem(with literal: JSONValue) -> String? {
    if literal.isNull { return isOptional || kind == .any ? nil : "a value" }
    switch kind {
    case .any: return nil
    case .text: return literal.asList == nil && literal.asObject == nil ? nil : "a text"
    case .number: return ExactDecimal(literal) == nil ? "a number" : nil
    case .wholeNumber(let range):
      if let number = ExactDecimal(literal)?.whole, range.contains(number) { return nil }
      return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names):
      if let name = literal.asText, names.contains(name) { return nil }
      return names.map { "\"\($0)\"" }.joined(separator: " or ")
    case .filter:
      if case .object = literal {
        do throws(PipelineError) {
          _ = try RecordFilter.parse(literal)
        } catch {
          return "a filter (\(error.message))"
        }
        return nil
      }
      return literal.asText == nil ? "the name of a field, or a filter" : nil
    case .datePattern(let isRead): return patternProblem(literal, isRead: isRead)
    case .dateAmount:
      guard let text = literal.asText, (try? DateAmount(text)) != nil else {
        return "a number and a unit (ms, s, min, h, d, day, week, month, year), such as \"-2 h\""
      }
      return nil
    case .dateUnit:
      let names = DateUnit.allCases.map(\.rawValue).joined(separator: ", ")
      return literal.asText.flatMap { DateUnit(name: $0) } == nil ? "one of \(names)" : nil
    }
  }

  private func patternProblem(_ literal: JSONValue, isRead: Bool) -> String? {
    guard let text = literal.asText else { return "a pattern such as \"yyyy-MM-dd HH:mm\"" }
    do throws(CalendarError) {
      let problem = try DatePattern(text).readingProblem
      return isRead ? problem.map { "a pattern of dates (\($0))" } : nil
    } catch {
      return "a pattern of dates (\(error.message))"
    }
  }
}

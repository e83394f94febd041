// SPDX-License-Identifier: Apache-2.0
// The condition `matches`.

import Pattern
import Values

extension ConditionTest {
  /// Whether the pattern matches anywhere in the text; why not, where an operand could not be used.
  func comparePattern(_ left: JSONValue?, _ right: JSONValue?) -> (Bool, String?) {
    let pattern: Pattern
    switch readPattern(right) {
    case .success(let read): pattern = read
    case .failure(let error): return (false, "the right operand is no regular expression: \(error)")
    }
    let answer = pattern.search(plainText(left), limit: PipelineLimits.patternSteps)
    guard answer.verdict != .tooLong else {
      return (false, "the text is too long for this regular expression: shorten one of them")
    }
    return (answer.verdict == .found, nil)
  }

  private func readPattern(_ right: JSONValue?) -> Result<Pattern, PatternError> {
    if let pattern { return .success(pattern) }
    return Result { () throws(PatternError) in
      try Pattern(parsing: plainText(right), ignoresCase: !isCaseSensitive)
    }
  }

  /// Whether a right operand that is no template can be what the operator wants; keeps the pattern
  /// of `matches`.
  mutating func checkLiteral(_ object: DocumentObject) -> Bool {
    guard let right = object["right"] else { return true }
    if case .text(let text) = right.value, contains(text, "{{") { return true }
    if `operator`.wantsCount { return checkCount(right) }
    return `operator` == .matches ? keepPattern(right) : true
  }

  private mutating func keepPattern(_ right: DocumentValue) -> Bool {
    guard case .text(let source) = right.value else {
      right.wrongType("a regular expression, a text")
      return false
    }
    do throws(PatternError) {
      pattern = try Pattern(parsing: source, ignoresCase: !isCaseSensitive)
      return true
    } catch {
      right.error("bad_pattern", "\(right.label) is no regular expression: \(error)")
      return false
    }
  }

  /// Whether each literal is a whole number from 0 on.
  private func checkCount(_ right: DocumentValue) -> Bool {
    for value in right.value.asList ?? [right.value] {
      if case .text(let text) = value, contains(text, "{{") { continue }
      if let number = ConditionNumber(value)?.whole, number >= 0 { continue }
      right.error(
        "wrong_operands", "\"\(`operator`.rawValue)\" counts: write a whole number from 0 on")
      return false
    }
    return true
  }
}

// SPDX-License-Identifier: Apache-2.0
// One comparison of a filter: type, operator, and how texts compare.

import Calendar
import Pattern
import Values

/// Compares two operands. Total: operands that do not fit make it false, with a note.
///
/// **Source** spec/engine.md, Filter.
package struct ConditionTest: Sendable, Hashable {
  package var type: ConditionType
  package var `operator`: ConditionOperator
  package var isCaseSensitive = false
  /// Splits a text on the right of `in_list` into its items.
  package var delimiter = ","
  /// The pattern of `matches`, where it stands in the document and not in a template.
  var pattern: Pattern?

  package init(type: ConditionType, operator: ConditionOperator) {
    self.type = type
    self.operator = `operator`
  }

  /// The verdict over rendered operands; nil is missing.
  package func verdict(
    left: JSONValue?, right: JSONValue?, zone: Zone = .utc
  ) -> ConditionVerdict {
    let (passed, note) = compare(left: left, right: right, zone: zone)
    return ConditionVerdict(passed: passed, left: left, right: right, note: note)
  }

  private typealias Answer = (Bool, String?)

  private func compare(left: JSONValue?, right: JSONValue?, zone: Zone) -> Answer {
    switch `operator` {
    case .isEmpty: return (left?.isEmpty ?? true, nil)
    case .isNotEmpty: return (!(left?.isEmpty ?? true), nil)
    case .minLength, .maxLength: return compareLength(left, right)
    case .matches: return comparePattern(left, right)
    default: break
    }
    switch type {
    case .text, .email, .website, .choice, .file: return compareText(left, right)
    case .number: return compareNumber(left, right)
    case .dateTime:
      return compareOrdered(left, right, what: "a date") { Moment($0, zone: zone)?.milliseconds }
        day: { Moment($0, zone: zone)?.day(in: zone) }
    case .date:
      return compareOrdered(left, right, what: "a date") { Moment($0, zone: zone)?.day(in: zone) }
        day: { Moment($0, zone: zone)?.day(in: zone) }
    case .time:
      return compareOrdered(left, right, what: "a time") { timeOfDay($0, zone: zone) }
        day: { timeOfDay($0, zone: zone) }
    case .list: return compareList(left, right)
    case .boolean: return compareBoolean(left, right)
    }
  }

  private func compareLength(_ left: JSONValue?, _ right: JSONValue?) -> Answer {
    guard let limit = right.flatMap(ConditionNumber.init)?.whole else {
      return (false, "the right operand is not a whole number")
    }
    let length = Int64(plainText(left).unicodeScalars.count)
    return (`operator` == .minLength ? length >= limit : length <= limit, nil)
  }

  private func compareText(_ left: JSONValue?, _ right: JSONValue?) -> Answer {
    let text = folded(plainText(left))
    switch `operator` {
    case .is: return (text == folded(plainText(right)), nil)
    case .isNot: return (text != folded(plainText(right)), nil)
    case .inList: return (items(right).contains(folded(trimmed(plainText(left)))), nil)
    case .notInList: return (!items(right).contains(folded(trimmed(plainText(left)))), nil)
    default: break
    }
    let part = folded(plainText(right))
    guard !part.isEmpty else {
      return (`operator` == .notContains, "the right operand is empty: nothing to look for")
    }
    switch `operator` {
    case .contains: return (contains(text, part), nil)
    case .notContains: return (!contains(text, part), nil)
    case .startsWith: return (text.utf8.starts(with: part.utf8), nil)
    case .endsWith: return (text.utf8.reversed().starts(with: part.utf8.reversed()), nil)
    default: return unfit()
    }
  }

  private func compareNumber(_ left: JSONValue?, _ right: JSONValue?) -> Answer {
    guard let number = left.flatMap(ConditionNumber.init) else {
      return (false, "the left operand is not a number")
    }
    if `operator`.operands == .pair {
      guard let (low, high) = pair(right, { ConditionNumber($0) }) else {
        return (false, "the right operand is not a list of two numbers")
      }
      let isBetween = low <= number && number <= high
      return (isBetween == (`operator` == .between), nil)
    }
    guard let other = right.flatMap(ConditionNumber.init) else {
      return (false, "the right operand is not a number")
    }
    switch `operator` {
    case .equals: return (number == other, nil)
    case .notEquals: return (number != other, nil)
    case .greaterThan: return (number > other, nil)
    case .lessThan: return (number < other, nil)
    case .atLeast: return (number >= other, nil)
    case .atMost: return (number <= other, nil)
    default: return unfit()
    }
  }

  private func compareOrdered(
    _ left: JSONValue?, _ right: JSONValue?, what: String, _ read: (JSONValue) -> Int64?,
    day: (JSONValue) -> Int64?
  ) -> Answer {
    guard let left, let value = read(left) else {
      return (false, "the left operand is not \(what)")
    }
    if `operator`.operands == .pair {
      guard let (low, high) = pair(right, read) else {
        return (false, "the right operand is not a list of two: each \(what)")
      }
      let isBetween = low <= value && value <= high
      return (isBetween == (`operator` == .between), nil)
    }
    guard let right, let other = read(right) else {
      return (false, "the right operand is not \(what)")
    }
    switch `operator` {
    case .is: return (value == other, nil)
    case .isNot: return (value != other, nil)
    case .on: return (day(left) == day(right), nil)
    case .after: return (value > other, nil)
    case .before: return (value < other, nil)
    case .notBefore: return (value >= other, nil)
    default: return unfit()
    }
  }

  private func compareList(_ left: JSONValue?, _ right: JSONValue?) -> Answer {
    let elements = elements(left)
    if `operator` == .contains || `operator` == .notContains {
      let wanted = folded(trimmed(plainText(right)))
      let isIn = elements.contains { folded(trimmed(plainText($0))) == wanted }
      return (isIn == (`operator` == .contains), nil)
    }
    var count = ConditionTest(type: .number, operator: .equals)
    switch `operator` {
    case .countEquals: count.operator = .equals
    case .countNotEquals: count.operator = .notEquals
    case .countGreaterThan: count.operator = .greaterThan
    case .countLessThan: count.operator = .lessThan
    case .countAtLeast: count.operator = .atLeast
    case .countAtMost: count.operator = .atMost
    case .countBetween: count.operator = .between
    case .countNotBetween: count.operator = .notBetween
    default: return unfit()
    }
    return count.compareNumber(.integer(Int64(elements.count)), right)
  }

  private func compareBoolean(_ left: JSONValue?, _ right: JSONValue?) -> Answer {
    guard let flag = left.flatMap(truth) else {
      return (false, "the left operand is not true or false")
    }
    guard let other = right.flatMap(truth) else {
      return (false, "the right operand is not true or false")
    }
    switch `operator` {
    case .is: return (flag == other, nil)
    case .isNot: return (flag != other, nil)
    default: return unfit()
    }
  }

  private func unfit() -> Answer {
    (false, "a condition of type \(type.rawValue) has no \"\(`operator`.rawValue)\"")
  }

  private func folded(_ text: String) -> String { isCaseSensitive ? text : text.lowercased() }

  /// The items on the right of `in_list`: trimmed, empties dropped.
  private func items(_ right: JSONValue?) -> [String] {
    let texts: [String]
    if let list = right?.asList {
      texts = list.map { plainText($0) }
    } else {
      texts = split(plainText(right), by: delimiter)
    }
    return texts.map { folded(trimmed($0)) }.filter { !$0.isEmpty }
  }

  private func elements(_ value: JSONValue?) -> [JSONValue] {
    guard let value, !value.isNull else { return [] }
    if let list = value.asList { return list }
    return value.isEmpty ? [] : [value]
  }

  private func pair<Operand>(
    _ right: JSONValue?, _ read: (JSONValue) -> Operand?
  ) -> (Operand, Operand)? {
    guard let list = right?.asList, list.count == 2, let low = read(list[0]),
      let high = read(list[1])
    else { return nil }
    return (low, high)
  }

  private func timeOfDay(_ value: JSONValue, zone: Zone) -> Int64? {
    if let text = value.asText {
      var scan = DateScan(text)
      if let time = scan.timeOfDay() { return time }
    }
    return Moment(value, zone: zone)?.timeOfDay(in: zone)
  }

  private func truth(_ value: JSONValue) -> Bool? {
    switch value {
    case .boolean(let flag): flag
    case .integer(0): false
    case .integer(1): true
    case .text(let text):
      switch text.lowercased() {
      case "true", "yes", "1": true
      case "false", "no", "0": false
      default: nil
      }
    default: nil
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// A number as conditions compare it.

import Values

/// An operand read as a number: whole numbers compare exactly, all others as doubles.
struct ConditionNumber: Comparable {
  /// The value as a whole number, where it is one.
  let whole: Int64?
  let value: Double

  /// A number, or a text that is one (`" 12 "`, `"+3.5"`); nil for anything else.
  init?(_ operand: JSONValue) {
    switch operand {
    case .integer(let number):
      whole = number
      value = Double(number)
    case .number(let number):
      value = number.value
      whole = Int64(exactly: number.value)
    case .text(let text):
      let text = trimmed(text)
      guard
        text.utf8.allSatisfy({
          (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0)
        }), let parsed = Double(text), parsed.isFinite
      else { return nil }
      value = parsed
      whole = Int64(text) ?? Int64(exactly: parsed)
    default: return nil
    }
  }

  static func == (left: ConditionNumber, right: ConditionNumber) -> Bool {
    if let left = left.whole, let right = right.whole { return left == right }
    return left.value == right.value
  }

  static func < (left: ConditionNumber, right: ConditionNumber) -> Bool {
    if let left = left.whole, let right = right.whole { return left < right }
    return left.value < right.value
  }
}

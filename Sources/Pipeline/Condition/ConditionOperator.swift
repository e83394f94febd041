// SPDX-License-Identifier: Apache-2.0
// The operators of conditions.

/// What a condition asks of its left operand.
///
/// **Source** spec/engine.md, Filter.
package enum ConditionOperator: String, Sendable, Hashable, CaseIterable {
  case `is`
  case isNot = "is_not"
  case inList = "in_list"
  case notInList = "not_in_list"
  case contains
  case notContains = "not_contains"
  case startsWith = "starts_with"
  case endsWith = "ends_with"
  case minLength = "min_length"
  case maxLength = "max_length"
  case isEmpty = "is_empty"
  case isNotEmpty = "is_not_empty"
  case matches
  case equals
  case notEquals = "not_equals"
  case greaterThan = "greater_than"
  case lessThan = "less_than"
  case between
  case notBetween = "not_between"
  case atLeast = "at_least"
  case atMost = "at_most"
  case on, after, before
  case notBefore = "not_before"
  case countEquals = "count_equals"
  case countNotEquals = "count_not_equals"
  case countGreaterThan = "count_greater_than"
  case countLessThan = "count_less_than"
  case countAtLeast = "count_at_least"
  case countAtMost = "count_at_most"
  case countBetween = "count_between"
  case countNotBetween = "count_not_between"

  /// How many operands stand on the right: none, one value, or a list of two.
  package var operands: ConditionOperands {
    switch self {
    case .isEmpty, .isNotEmpty: .none
    case .between, .notBetween, .countBetween, .countNotBetween: .pair
    default: .one
    }
  }

  /// Whether a right operand has to be a whole number from 0 on.
  var wantsCount: Bool {
    switch self {
    case .minLength, .maxLength, .countEquals, .countNotEquals, .countGreaterThan,
      .countLessThan, .countAtLeast, .countAtMost, .countBetween, .countNotBetween:
      true
    default: false
    }
  }
}

/// What stands right of an operator.
package enum ConditionOperands: Sendable, Hashable {
  case none, one, pair
}

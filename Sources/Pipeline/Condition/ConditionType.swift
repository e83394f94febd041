// SPDX-License-Identifier: Apache-2.0
// The types of conditions, and which operators each has.

/// How a condition reads its operands.
///
/// **Source** spec/engine.md, Filter.
package enum ConditionType: String, Sendable, Hashable, CaseIterable {
  case text, number
  case dateTime = "date_time"
  case date, time, email, website, choice, file, list, boolean

  /// The operators of this type.
  package var operators: [ConditionOperator] {
    switch self {
    case .text, .email, .website:
      [
        .is, .isNot, .inList, .notInList, .contains, .notContains, .startsWith, .endsWith,
        .minLength, .maxLength, .isEmpty, .isNotEmpty, .matches,
      ]
    case .number:
      [
        .equals, .notEquals, .greaterThan, .lessThan, .between, .notBetween, .atLeast, .atMost,
        .minLength, .maxLength, .isEmpty, .isNotEmpty,
      ]
    case .dateTime, .date, .time:
      [
        .is, .isNot, .on, .after, .before, .notBefore, .between, .notBetween, .isEmpty,
        .isNotEmpty,
      ]
    case .choice: [.is, .isNot, .inList, .notInList, .isEmpty, .isNotEmpty]
    case .file: [.isEmpty, .isNotEmpty]
    case .list:
      [
        .contains, .notContains, .countEquals, .countNotEquals, .countGreaterThan,
        .countLessThan, .countAtLeast, .countAtMost, .countBetween, .countNotBetween, .isEmpty,
        .isNotEmpty,
      ]
    case .boolean: [.is, .isNot, .isEmpty, .isNotEmpty]
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// The order of values of any type.

import Values

/// A value's place in a sorted list. A total order over mixed types: missing and null, false,
/// true, numbers by value, texts by their lower-case characters and then by their own, lists by
/// their elements, objects by their JSON text. Records that are equal here follow their ids;
/// descending is the exact reverse.
enum SortKey: Comparable {
  case missing
  case boolean(Bool)
  case number(Double, exact: Int64)
  case text(folded: String, exact: String)
  case list([SortKey])
  case object(String)

  init(_ value: JSONValue?) {
    switch value {
    case nil, .null: self = .missing
    case .boolean(let truth): self = .boolean(truth)
    case .integer(let integer): self = .number(Double(integer), exact: integer)
    case .number(let number):
      let value = number.value + 0
      self = .number(value, exact: Int64(exactly: value.rounded(.towardZero)) ?? 0)
    case .text(let text): self = .text(folded: text.lowercased(), exact: text)
    case .list(let list): self = .list(list.map { SortKey($0) })
    case .object: self = .object(value?.json ?? "")
    }
  }

  private var rank: Int {
    switch self {
    case .missing: 0
    case .boolean: 1
    case .number: 2
    case .text: 3
    case .list: 4
    case .object: 5
    }
  }

  static func < (left: SortKey, right: SortKey) -> Bool { left.compare(right) < 0 }

  static func == (left: SortKey, right: SortKey) -> Bool { left.compare(right) == 0 }

  /// Below, at or above zero.
  func compare(_ other: SortKey) -> Int {
    switch (self, other) {
    case (.boolean(let left), .boolean(let right)):
      return order(left ? 1 : 0, right ? 1 : 0)
    case (.number(let left, let leftExact), .number(let right, let rightExact)):
      // Whole numbers beyond 2^53 share a double.
      return left == right ? order(leftExact, rightExact) : order(left, right)
    case (.text(let left, let leftExact), .text(let right, let rightExact)):
      return left == right ? order(leftExact, rightExact) : order(left, right)
    case (.list(let left), .list(let right)):
      for (one, two) in zip(left, right) {
        let result = one.compare(two)
        if result != 0 { return result }
      }
      return order(left.count, right.count)
    case (.object(let left), .object(let right)): return order(left, right)
    default: return order(rank, other.rank)
    }
  }

  private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : (left == right ? 0 : 1)
  }
}

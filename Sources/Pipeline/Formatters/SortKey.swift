// SPDX-License-Identifier: Apache-2.0
// How values of any kind stand in order.

import Values

/// What decides an element's place: numbers by value, texts that are numbers among them; then
/// texts, case folded; then false and true; then everything else.
enum SortKey: Sendable {
  case number(ExactDecimal)
  case text(String)
  case boolean(Bool)
  case rest

  init(_ value: JSONValue?) {
    guard let value, !value.isNull else {
      self = .rest
      return
    }
    if let number = ExactDecimal(value) {
      self = .number(number)
    } else if let text = value.asText {
      self = .text(text.lowercased())
    } else if let flag = value.asBoolean {
      self = .boolean(flag)
    } else {
      self = .rest
    }
  }

  private var rank: Int {
    switch self {
    case .number: 0
    case .text: 1
    case .boolean: 2
    case .rest: 3
    }
  }

  func precedes(_ other: SortKey) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)): left < right
    case (.text(let left), .text(let right)):
      left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    case (.boolean(let left), .boolean(let right)): !left && right
    default: rank < other.rank
    }
  }

  /// The places of the keys in order; equal ones keep theirs, and what cannot be compared stands
  /// last in either direction.
  ///
  /// - Parameter counting: called once for each comparison of two keys
  static func order(
    of keys: [SortKey], isDescending: Bool = false, counting: () -> Void = {}
  ) -> [Int] {
    keys.indices.sorted { left, right in
      counting()
      let (one, two) = (keys[left], keys[right])
      let isMixed = one.rank != two.rank
      if isMixed || !isDescending ? one.precedes(two) : two.precedes(one) { return true }
      if isMixed || !isDescending ? two.precedes(one) : one.precedes(two) { return false }
      return left < right
    }
  }
}

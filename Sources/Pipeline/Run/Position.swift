// SPDX-License-Identifier: Apache-2.0
// Where a run stands in its connector.

/// A place in a connector: indices of the step, of its component and, in a loop, of the element.
package struct Position: Sendable, Hashable, Comparable {
  /// The index of the step that runs before the first one.
  package static let preludeStep = -1

  package var step: Int
  package var component: Int
  /// Only in a `for_each` that runs inside the run; the count of the list once all have run.
  package var element: Int?

  package init(step: Int, component: Int, element: Int? = nil) {
    self.step = step
    self.component = component
    self.element = element
  }

  /// **Shape** `[step,component]` or `[step,component,element]`, as the store keeps it.
  package var text: String {
    guard let element else { return "[\(step),\(component)]" }
    return "[\(step),\(component),\(element)]"
  }

  /// From that text; nil for any other.
  package init?(text: String) {
    guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") else {
      return nil
    }
    let parts = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, (2...3).contains(numbers.count),
      numbers[0] >= Position.preludeStep, numbers.dropFirst().allSatisfy({ $0 >= 0 })
    else { return nil }
    self.init(
      step: numbers[0], component: numbers[1], element: numbers.count == 3 ? numbers[2] : nil)
  }

  /// The order in which a run meets them.
  package static func < (left: Position, right: Position) -> Bool {
    (left.step, left.element ?? -1, left.component)
      < (right.step, right.element ?? -1, right.component)
  }
}

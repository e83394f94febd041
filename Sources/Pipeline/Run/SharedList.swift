// SPDX-License-Identifier: Apache-2.0
// A list that grows and is copied cheaply.

/// A list of which copies share what they have in common: to append to a copy costs the logarithm
/// of its length, where an array would copy itself whole. Loops gather their results in one, and a
/// run is copied at each of its decisions.
struct SharedList<Element: Sendable>: Sendable {
  /// Each at least twice as long as the one behind it, so there are few.
  private var parts: [[Element]] = []
  private(set) var count = 0

  mutating func append(_ element: Element) {
    var part = [element]
    while let last = parts.last, last.count <= part.count {
      part = last + part
      parts.removeLast()
    }
    parts.append(part)
    count += 1
  }

  /// In the order they were appended.
  func forEach(_ body: (Element) -> Void) {
    for part in parts { part.forEach(body) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// A line in order of arrival that one may also leave from the middle.

/// A queue without duplicates. All operations but `ahead` take constant time on the average.
struct WaitLine<Element: Hashable & Sendable>: Sendable {
  /// Those in line; nil where one has left. The first is never nil.
  private var places: [Element?] = []
  private var head = 0
  /// Where each stands. Never walked through, so that its order reaches nobody.
  private var index: [Element: Int] = [:]

  var count: Int { index.count }
  var isEmpty: Bool { index.isEmpty }
  var first: Element? { head < places.count ? places[head] : nil }

  func contains(_ element: Element) -> Bool { index[element] != nil }

  /// Puts one at the end, unless it stands in the line already.
  mutating func append(_ element: Element) {
    guard index[element] == nil else { return }
    index[element] = places.count
    places.append(element)
  }

  mutating func popFirst() -> Element? {
    guard let first else { return nil }
    remove(first)
    return first
  }

  /// Takes one out, wherever it stands.
  @discardableResult mutating func remove(_ element: Element) -> Bool {
    guard let place = index.removeValue(forKey: element) else { return false }
    places[place] = nil
    while head < places.count, places[head] == nil { head += 1 }
    if places.count > 16, places.count > 2 * index.count { compact() }
    return true
  }

  /// How many stand before this one. Walks the line.
  func ahead(of element: Element) -> Int? {
    guard let place = index[element] else { return nil }
    return places[head..<place].count { $0 != nil }
  }

  private mutating func compact() {
    places = places[head...].filter { $0 != nil }
    head = 0
    for (place, element) in places.enumerated() {
      if let element { index[element] = place }
    }
  }
}

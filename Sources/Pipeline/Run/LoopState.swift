// SPDX-License-Identifier: Apache-2.0
// A loop a run is inside of.

import Values

/// How one element of a loop ended.
struct ElementResult: Sendable {
  enum Status: Sendable { case passed, filtered, failed }
  var element: Int
  var status: Status
  /// By name; empty unless it passed.
  var saved: [String: JSONValue]
}

/// The elements of a `for_each` and what they have given so far.
struct LoopState: Sendable {
  let items: [JSONValue]
  /// The word that holds the element.
  let name: String
  /// The elements to run, in order; nil is all of them.
  var only: [Int]?
  /// How many of those have ended.
  var ended = 0
  /// An element that ran again has two; the later counts.
  var results = SharedList<ElementResult>()
  /// Names saved by the components of the step; those found on the way are added.
  var names: [String]
  /// Where the run goes on after elements ran again; nil: at the next step.
  var returnsTo: Position?

  init(items: [JSONValue], name: String, names: [String]) {
    self.items = items
    self.name = name
    self.names = names
  }

  /// The element to run; the count of the list when none is left.
  var current: Int {
    guard let only else { return ended }
    return ended < only.count ? only[ended] : items.count
  }

  /// What counts of each element; nil for one that has not ended.
  var latest: [ElementResult?] {
    var latest = [ElementResult?](repeating: nil, count: items.count)
    results.forEach { latest[$0.element] = $0 }
    return latest
  }

  /// The elements to run again: those that failed.
  var failed: [Int] {
    latest.enumerated().compactMap { $1?.status == .failed ? $0 : nil }
  }

  /// What the words of the loop hold.
  func root(_ word: String, at element: Int) -> JSONValue? {
    guard items.indices.contains(element) else { return nil }
    if word == name { return items[element] }
    return LoopWords.root(word, element: element, count: items.count)
  }
}

/// The words of a loop besides the element's own.
enum LoopWords {
  static func root(_ word: String, element: Int, count: Int) -> JSONValue? {
    switch word {
    case "index": .integer(Int64(element))
    case "count": .integer(Int64(count))
    case "first": .boolean(element == 0)
    case "last": .boolean(element == count - 1)
    default: nil
    }
  }
}

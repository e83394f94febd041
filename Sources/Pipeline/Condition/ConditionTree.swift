// SPDX-License-Identifier: Apache-2.0
// Conditions under `all` and `any`.

import Values

/// Conditions joined by `all` and `any`, nested.
package indirect enum ConditionTree<Leaf: Sendable & Hashable>: Sendable, Hashable {
  case all([ConditionTree])
  case any([ConditionTree])
  case leaf(Leaf)

  /// Whether it holds, given what holds of a leaf. Each leaf is asked, so that the run view
  /// shows them all.
  package func holds<Failure: Error>(
    _ leafHolds: (Leaf) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    switch self {
    case .leaf(let leaf): return try leafHolds(leaf)
    case .all(let parts):
      var holds = true
      for part in parts where try !part.holds(leafHolds) { holds = false }
      return holds
    case .any(let parts):
      var holds = false
      for part in parts where try part.holds(leafHolds) { holds = true }
      return holds
    }
  }

  /// Every condition, in the order of the document.
  package var leaves: [Leaf] {
    switch self {
    case .leaf(let leaf): [leaf]
    case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
    }
  }
}

extension ConditionTree {
  /// Reads `{all: []}`, `{any: []}`, or a condition through `leaf`; the keys of `beside` may stand
  /// next to `all` or `any`. Nil after a finding.
  static func read(
    _ source: DocumentValue, beside: [String] = [], mayBeEmpty: Bool = false, depth: Int = 0,
    _ leaf: (DocumentValue) -> Leaf?
  ) -> ConditionTree? {
    guard depth < PipelineLimits.conditionDepth else {
      source.error(
        "too_deep",
        "conditions nest more than \(PipelineLimits.conditionDepth) levels: flatten them")
      return nil
    }
    guard let members = source.value.asObject else {
      source.wrongType("a condition, or an object with \"all\" or \"any\"")
      return nil
    }
    let isGroup = members["all"] != nil || members["any"] != nil
    guard isGroup || (mayBeEmpty && members.count == 0) else {
      return leaf(source).map { .leaf($0) }
    }
    guard let object = source.object(keys: ["all", "any"] + beside) else { return nil }
    if object["all"] != nil, object["any"] != nil {
      source.error("all_and_any", "\"all\" and \"any\" stand side by side: put one into the other")
      return nil
    }
    let key = object["any"] == nil ? "all" : "any"
    guard let list = object[key] else { return .all([]) }
    guard let parts = list.list(atMost: PipelineLimits.conditions) else { return nil }
    if parts.isEmpty, !mayBeEmpty {
      list.error("empty_filter", "\"\(key)\" has no condition: add one or remove the filter")
    }
    let read = parts.map { ConditionTree.read($0, mayBeEmpty: mayBeEmpty, depth: depth + 1, leaf) }
    let found = read.compactMap { $0 }
    guard found.count == read.count else { return nil }
    return key == "all" ? .all(found) : .any(found)
  }
}

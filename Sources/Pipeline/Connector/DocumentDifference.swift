// SPDX-License-Identifier: Apache-2.0
// Comparing two documents part by part.

import Values

extension Connector {
  /// What differs between two versions of a connector. Steps and components are matched by id, so
  /// that one that moved is not one that went and another that came.
  package static func difference(old: JSONDocument, new: JSONDocument) -> [DocumentChange] {
    var difference = DocumentDifference()
    difference.compareConnectors(old.root, new.root)
    return difference.changes
  }
}

extension ProjectDocument {
  /// What differs between two documents of a project; parts with a name are matched by it.
  package static func difference(old: JSONDocument, new: JSONDocument) -> [DocumentChange] {
    var difference = DocumentDifference()
    difference.compare(old.root, new.root, at: "")
    return difference.changes
  }
}

/// Gathers the differences of two values.
private struct DocumentDifference {
  var changes: [DocumentChange] = []

  /// A part with an id, and where it stands.
  private struct Part {
    let id: String
    let value: JSONValue
    /// **Shape** `store, 2nd`: the step and the place in it.
    let place: JSONValue

    /// The step a component stands in.
    var step: String? { place["step"]?.asText }
  }

  mutating func compareConnectors(_ old: JSONValue, _ new: JSONValue) {
    var (oldTop, newTop) = (old.asObject ?? [:], new.asObject ?? [:])
    oldTop["steps"] = nil
    newTop["steps"] = nil
    compare(.object(oldTop), .object(newTop), at: "")
    let (before, after) = (steps(of: old), steps(of: new))
    compareParts(before, after) { difference, id, left, right in
      var (left, right) = (left.asObject ?? [:], right.asObject ?? [:])
      left["components"] = nil
      right["components"] = nil
      difference.compare(.object(left), .object(right), at: "steps.\(id)")
    }
    compareParts(components(of: old), components(of: new)) { difference, id, left, right in
      difference.compare(left, right, at: "steps.\(id)")
    }
  }

  private func steps(of document: JSONValue) -> [Part] {
    (document["steps"]?.asList ?? []).enumerated().map { index, step in
      Part(
        id: step["id"]?.asText ?? "\(index)", value: step, place: .integer(Int64(index + 1)))
    }
  }

  /// The components of all steps. The id of a part is its own, so that it is found in any step.
  private func components(of document: JSONValue) -> [Part] {
    steps(of: document).flatMap { step in
      (step.value["components"]?.asList ?? []).enumerated().map { index, component in
        let inner = Component.kinds.lazy.compactMap { component[$0] }.first
        let id = inner?["id"]?.asText ?? "\(step.id).\(index + 1)"
        let place: JSONValue = ["step": .text(step.id), "at": .integer(Int64(index + 1))]
        return Part(id: id, value: component, place: place)
      }
    }
  }

  /// Parts by id: gone, come, moved, and what is different inside. Only what changes its order
  /// among those that stay has moved.
  private mutating func compareParts(
    _ old: [Part], _ new: [Part],
    _ inside: (inout DocumentDifference, String, JSONValue, JSONValue) -> Void
  ) {
    let before = Dictionary(old.map { ($0.id, $0) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.id, $0) }) { first, _ in first }
    for part in old where after[part.id] == nil {
      changes.append(DocumentChange(path: path(part), kind: .removed, old: part.value))
    }
    var moved: Set<String> = []
    for group in Set(new.map(\.step)) {
      moved.formUnion(
        DocumentDifference.movedIDs(
          old.filter { $0.step == group && after[$0.id]?.step == group && after[$0.id] != nil },
          new.filter { $0.step == group && before[$0.id]?.step == group && before[$0.id] != nil }))
    }
    for part in new {
      guard let earlier = before[part.id] else {
        changes.append(DocumentChange(path: path(part), kind: .added, new: part.value))
        continue
      }
      if moved.contains(part.id) || earlier.step != part.step {
        changes.append(
          DocumentChange(path: path(part), kind: .moved, old: earlier.place, new: part.place))
      }
      let name = part.step.map { "\($0).\(part.id)" } ?? part.id
      inside(&self, name, earlier.value, part.value)
    }
  }

  private func path(_ part: Part) -> String {
    "steps." + (part.step.map { "\($0)." } ?? "") + part.id
  }

  /// Those outside the longest run of parts that kept their order.
  private static func movedIDs(_ old: [Part], _ new: [Part]) -> Set<String> {
    let places = Dictionary(old.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let order = new.compactMap { part in places[part.id].map { (part.id, $0) } }
    var best: [[Int]] = []
    for (index, (_, place)) in order.enumerated() {
      let before = best.enumerated().filter { order[$0.offset].1 < place }
      let longest = before.max { $0.element.count < $1.element.count }?.element ?? []
      best.append(longest + [index])
    }
    let kept = Set(best.max { $0.count < $1.count } ?? [])
    return Set(order.enumerated().filter { !kept.contains($0.offset) }.map(\.element.0))
  }

  mutating func compare(_ old: JSONValue, _ new: JSONValue, at path: String) {
    guard old != new else { return }
    switch (old, new) {
    case (.object(let left), .object(let right)): compareMembers(left, right, at: path)
    case (.list(let left), .list(let right)):
      guard let (before, after) = named(left, right) else { fallthrough }
      compareMembers(before, after, at: path)
    default:
      let place = path.isEmpty ? "$" : path
      changes.append(DocumentChange(path: place, kind: .changed, old: old, new: new))
    }
  }

  private mutating func compareMembers(_ old: JSONObject, _ new: JSONObject, at path: String) {
    func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    for (name, value) in old where new[name] == nil {
      changes.append(DocumentChange(path: below(name), kind: .removed, old: value))
    }
    for (name, value) in new {
      guard let earlier = old[name] else {
        changes.append(DocumentChange(path: below(name), kind: .added, new: value))
        continue
      }
      compare(earlier, value, at: below(name))
    }
  }

  /// Two lists of objects with different names, as objects by name; nil for other lists.
  private func named(_ old: [JSONValue], _ new: [JSONValue]) -> (JSONObject, JSONObject)? {
    func byName(_ list: [JSONValue]) -> JSONObject? {
      var object = JSONObject()
      for element in list {
        guard let name = element["name"]?.asText, object[name] == nil else { return nil }
        object[name] = element
      }
      return object
    }
    guard let before = byName(old), let after = byName(new) else { return nil }
    return (before, after)
  }
}

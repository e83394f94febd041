// SPDX-License-Identifier: Apache-2.0
// The shape of a JSON response: which members it has, and of what type.

import Values

/// What a response looked like, without its values: types by place, the elements of a list merged
/// into one.
///
/// Null says nothing about a type, and an empty list nothing about its elements, so both fit any
/// shape. Whole and other numbers are one type.
///
/// **Source** spec/engine.md, HTTP response mapping.
package struct ResponseShape: Sendable, Hashable {
  /// The types of JSON as messages name them.
  package enum Kind: String, Sendable, Hashable, CaseIterable, Comparable {
    case boolean, number, text, list, object

    package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// One place of the document.
  struct Place: Sendable, Hashable {
    var kinds: Set<Kind> = []
    var members: [String: Place] = [:]
    /// Members that some elements of a list have and others have not.
    var optional: Set<String> = []
    /// What the elements of a list have in common: one, or none where no list had any.
    var element: [Place] = []
  }

  /// About the bytes of a shape as stored; what lies beyond is not looked at.
  static let sizeLimit = 48 << 10
  static let depthLimit = 32

  private(set) var root: Place

  package init(of value: JSONValue) {
    var room = Self.sizeLimit
    root = Self.place(of: value, depth: 0, &room)
  }

  private static func place(of value: JSONValue, depth: Int, _ room: inout Int) -> Place {
    var place = Place()
    room -= Place.ownCost
    guard let kind = Kind(value) else { return place }
    place.kinds = [kind]
    guard depth < depthLimit else { return place }
    for (name, member) in value.asObject ?? [:] where room > Place.cost(of: name) {
      room -= Place.cost(of: name)
      place.members[name] = Self.place(of: member, depth: depth + 1, &room)
    }
    for element in value.asList ?? [] where room > 0 {
      // A list of a thousand alike costs the room of one: what is merged away is given back.
      let before = room
      let next = Self.place(of: element, depth: depth + 1, &room)
      guard let known = place.element.first else {
        place.element = [next]
        continue
      }
      let merged = known.merged(with: next)
      room = before - max(0, merged.cost - known.cost)
      place.element = [merged]
    }
    return place
  }
}

extension ResponseShape.Kind {
  /// Nil for null, which is of every type.
  init?(_ value: JSONValue) {
    switch value {
    case .null: return nil
    case .boolean: self = .boolean
    case .integer, .number: self = .number
    case .text: self = .text
    case .list: self = .list
    case .object: self = .object
    }
  }
}

extension ResponseShape.Place {
  /// What a place takes as stored, its members aside.
  static let ownCost = 32

  /// A name may stand twice, as a member and as an optional one.
  static func cost(of name: String) -> Int { 2 * JSONValue.text(name).json.utf8.count }

  var cost: Int {
    members.reduce(Self.ownCost) { $0 + Self.cost(of: $1.key) + $1.value.cost }
      + element.reduce(0) { $0 + $1.cost }
  }

  /// What two elements of a list have in common.
  func merged(with other: ResponseShape.Place) -> ResponseShape.Place {
    var merged = self
    merged.kinds.formUnion(other.kinds)
    merged.optional.formUnion(other.optional)
    if kinds.contains(.object) && other.kinds.contains(.object) {
      merged.optional.formUnion(members.keys.filter { other.members[$0] == nil })
      merged.optional.formUnion(other.members.keys.filter { members[$0] == nil })
    }
    merged.members.merge(other.members) { $0.merged(with: $1) }
    if let mine = element.first, let others = other.element.first {
      merged.element = [mine.merged(with: others)]
    } else {
      merged.element = element + other.element
    }
    return merged
  }
}

extension ResponseShape {
  /// As stored.
  ///
  /// **Shape** a place is `{k?: [kind], m?: {name: place}, o?: [name], e?: place}`.
  package var value: JSONValue { Self.value(of: root) }

  /// From that value; parts that are none of it are left out.
  package init(value: JSONValue) {
    root = Self.place(stored: value, depth: 0)
  }

  private static func value(of place: Place) -> JSONValue {
    var value = JSONObject()
    if !place.kinds.isEmpty { value["k"] = .list(place.kinds.sorted().map { .text($0.rawValue) }) }
    if !place.members.isEmpty {
      let members = place.members.sorted { $0.key < $1.key }
      value["m"] = .object(
        JSONObject(members.map { (name: $0.key, value: Self.value(of: $0.value)) }))
    }
    if !place.optional.isEmpty { value["o"] = .list(place.optional.sorted().map { .text($0) }) }
    if let element = place.element.first { value["e"] = Self.value(of: element) }
    return .object(value)
  }

  private static func place(stored value: JSONValue, depth: Int) -> Place {
    var place = Place()
    place.kinds = Set(value["k"]?.asList?.compactMap { Kind(rawValue: $0.asText ?? "") } ?? [])
    guard depth < depthLimit else { return place }
    for (name, member) in value["m"]?.asObject ?? [:] {
      place.members[name] = Self.place(stored: member, depth: depth + 1)
    }
    place.optional = Set(value["o"]?.asList?.compactMap(\.asText) ?? [])
    if let element = value["e"] { place.element = [Self.place(stored: element, depth: depth + 1)] }
    return place
  }
}

// SPDX-License-Identifier: Apache-2.0
// What changed between two shapes of a response.

import Values

/// The places in which a response is not of the shape that was learned.
package struct ResponseDifference: Sendable, Hashable, CustomStringConvertible {
  /// One place in words.
  package enum Change: Sendable, Hashable {
    case missing(String)
    case added(String)
    case other(String, was: [ResponseShape.Kind], isNow: [ResponseShape.Kind])
  }

  package internal(set) var changes: [Change] = []

  package var isEmpty: Bool { changes.isEmpty }

  /// How many changes are told one by one.
  static let told = 20

  /// `missing a.b; c[].d was number, is text; new e`.
  package var description: String {
    var parts = changes.prefix(Self.told).map(\.text)
    if changes.count > Self.told { parts.append("and \(changes.count - Self.told) more") }
    return parts.joined(separator: "; ")
  }
}

extension ResponseDifference.Change {
  fileprivate var text: String {
    func words(_ kinds: [ResponseShape.Kind]) -> String {
      kinds.map(\.rawValue).joined(separator: " or ")
    }
    switch self {
    case .missing(let path): return "missing \(path)"
    case .added(let path): return "new \(path)"
    case .other(let path, let was, let isNow):
      return "\(path.isEmpty ? "the body" : path) was \(words(was)), is \(words(isNow))"
    }
  }
}

extension ResponseShape {
  /// Where this shape is not the one that was learned.
  package func difference(from learned: ResponseShape) -> ResponseDifference {
    var difference = ResponseDifference()
    Self.compare(root, with: learned.root, "", &difference)
    return difference
  }

  /// Whether a response of this shape reads as one of the learned shape: nothing is missing or of
  /// another type. What is new beside it does no harm.
  package func fits(_ learned: ResponseShape) -> Bool {
    difference(from: learned).changes.allSatisfy { if case .added = $0 { true } else { false } }
  }

  /// What of a response still fits this, the learned shape: members of another type are left out,
  /// members it does not know stay.
  package func fitting(_ value: JSONValue) -> JSONValue {
    Self.fitting(value, root) ?? .null
  }

  private static func compare(
    _ place: Place, with learned: Place, _ path: String, _ difference: inout ResponseDifference
  ) {
    guard !place.kinds.isEmpty, !learned.kinds.isEmpty else { return }
    if !place.kinds.isSubset(of: learned.kinds) {
      difference.changes.append(
        .other(path, was: learned.kinds.sorted(), isNow: place.kinds.sorted()))
    }
    if place.kinds.contains(.object) && learned.kinds.contains(.object) {
      for name in Set(place.members.keys).union(learned.members.keys).sorted() {
        let inner = Self.path(path, name)
        switch (place.members[name], learned.members[name]) {
        case (let mine?, let known?): compare(mine, with: known, inner, &difference)
        case (nil, .some):
          if !learned.optional.contains(name) { difference.changes.append(.missing(inner)) }
        case (.some, nil): difference.changes.append(.added(inner))
        case (nil, nil): break
        }
      }
    }
    if let mine = place.element.first, let known = learned.element.first {
      compare(mine, with: known, path + "[]", &difference)
    }
  }

  private static func fitting(_ value: JSONValue, _ learned: Place) -> JSONValue? {
    guard let kind = Kind(value), !learned.kinds.isEmpty else { return value }
    guard learned.kinds.contains(kind) else { return nil }
    switch value {
    case .object(let members):
      var fit = JSONObject()
      for (name, member) in members {
        guard let known = learned.members[name] else {
          fit[name] = member
          continue
        }
        fit[name] = fitting(member, known)
      }
      return .object(fit)
    case .list(let elements):
      guard let known = learned.element.first else { return value }
      // An element keeps its place in the list, so that what was told of it stays true.
      return .list(elements.map { fitting($0, known) ?? .null })
    default: return value
    }
  }

  /// A member's path as a template would write it.
  private static func path(_ path: String, _ name: String) -> String {
    let isPlain =
      !name.isEmpty
      && name.utf8.allSatisfy {
        ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
          || $0 == 0x2D
      }
    guard isPlain else { return "\(path)[\(JSONValue.text(name).json)]" }
    return path.isEmpty ? name : "\(path).\(name)"
  }
}

// SPDX-License-Identifier: Apache-2.0
// Words for messages: the name somebody probably meant, and a value short enough to show.

import Values

/// Finds the known name closest to a mistyped one.
package enum NearestName {
  /// The nearest of the known names, if it is near enough to be what was meant.
  package static func find(for name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in known {
      let distance = distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(64)))
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= Swift.max(1, wanted.count / 3) else { return nil }
    return best.name
  }

  /// `, did you mean "…"?`, or nothing.
  package static func hint(for name: String, among known: [String]) -> String {
    find(for: name, among: known).map { ", did you mean \"\($0)\"?" } ?? ""
  }

  /// A name of somebody else's making, fit for a message.
  static func shortened(_ name: String) -> String {
    let scalars = name.unicodeScalars.prefix(40).map {
      $0.value < 0x20 || $0.value == 0x7F ? "?" : $0
    }
    return String(String.UnicodeScalarView(scalars)) + (name.unicodeScalars.count > 40 ? "…" : "")
  }

  /// Edits between two words, three rows at a time; two neighbours swapped are one edit.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for (row, left) in a.enumerated() {
      var current = [row + 1]
      for (column, right) in b.enumerated() {
        let replaced = previous[column] + (left == right ? 0 : 1)
        var edits = Swift.min(replaced, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left == b[column - 1], a[row - 1] == right {
          edits = Swift.min(edits, beforePrevious[column - 1] + 1)
        }
        current.append(edits)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}

extension JSONValue {
  /// The type, and of a scalar its value as far as it is short: `text "abc"`, `list of 3`.
  package var shownShort: String {
    switch self {
    case .null: "null"
    case .boolean, .integer: "\(typeName) \(json)"
    case .number(let number): "number \(NearestName.shortened(number.text))"
    case .text(""): "an empty text"
    case .text(let text): "text \"\(NearestName.shortened(text))\""
    case .list(let list): "a list of \(list.count)"
    case .object(let object): "an object of \(object.count)"
    }
  }
}

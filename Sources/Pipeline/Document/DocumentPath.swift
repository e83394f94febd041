// SPDX-License-Identifier: Apache-2.0
// Where in a document something stands.

/// The keys and indices from a document's root to one of its values.
package struct DocumentPath: Sendable, Hashable, CustomStringConvertible {
  /// One step down.
  package enum Element: Sendable, Hashable {
    case key(String)
    case index(Int)
  }

  package var elements: [Element]

  package init(_ elements: [Element] = []) { self.elements = elements }

  package func appending(_ key: String) -> DocumentPath { DocumentPath(elements + [.key(key)]) }

  package func appending(_ index: Int) -> DocumentPath { DocumentPath(elements + [.index(index)]) }

  /// **Shape** `$.steps[0].components[1].filter`; keys that are no plain words are quoted.
  package var description: String {
    var text = "$"
    for element in elements {
      switch element {
      case .index(let index): text += "[\(index)]"
      case .key(let key):
        let isPlain =
          !key.isEmpty
          && key.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
              || byte == 95 || byte == 36
          }
        text += isPlain ? ".\(key)" : "[\"\(key)\"]"
      }
    }
    return text
  }
}

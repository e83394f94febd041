// SPDX-License-Identifier: Apache-2.0
//
// A name in an image's dynamic symbol table.

/// A dynamic symbol that others can see.
package struct ELFSymbol: Sendable, Hashable {
  package let name: String
  /// Defined here; else it must come from a library.
  package let isDefined: Bool
  package let isWeak: Bool
}

// SPDX-License-Identifier: Apache-2.0
// What a plugin has to have before a check can be asked.

/// The stages of a plugin; each needs those before it.
package enum CheckNeed: String, Sendable, CaseIterable, Comparable {
  /// Nothing but a folder.
  case folder
  /// A manifest that can be read.
  case manifest
  /// An image that is a shared object for this machine.
  case image
  /// An image that the loader takes.
  case load
  /// A plugin that opens and offers its interface.
  case open
  /// Actions that are found.
  case actions

  package static func < (a: CheckNeed, b: CheckNeed) -> Bool { a.place < b.place }

  private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

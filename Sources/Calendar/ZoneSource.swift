// SPDX-License-Identifier: Apache-2.0
// Zones by name: who reads the files is decided above this module.

/// Finds zones by name. A value that is handed down, so that documents and runs read no files.
package struct ZoneSource: Sendable {
  private let find: @Sendable (String) -> Zone?
  private let list: @Sendable () -> [String]

  /// Knows offsets such as `+05:30` and `UTC`, and no zone with rules.
  package static let fixedOffsets = ZoneSource(find: { _ in nil }, names: { [] })

  /// - Parameters:
  ///   - find: a zone with rules; offsets are read before it is asked.
  ///   - names: all names `find` knows, for messages; asked only when a name is wrong.
  package init(
    find: @escaping @Sendable (String) -> Zone?, names: @escaping @Sendable () -> [String]
  ) {
    self.find = find
    list = names
  }

  /// `zones("Europe/Berlin")`; nil for a name nobody knows.
  package func callAsFunction(_ name: String) -> Zone? { Zone(fixed: name) ?? find(name) }

  /// The names of the zones with rules; empty where the machine has no zone files.
  package var names: [String] { list() }
}

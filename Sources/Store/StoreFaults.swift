// SPDX-License-Identifier: Apache-2.0
// Faults a simulation plants in the store, to prove that it would find them.

/// What is broken on purpose; nothing, in every store but a simulation's own.
///
/// Only `Store.openStepped` takes them: no option, document or variable of the program leads here.
package struct StoreFaults: Sendable, Hashable {
  /// `synchronous=OFF`: a commit is told before the disk has it.
  package var isUnsynced = false
  /// A write to a run is made whatever its fence says.
  package var ignoresFence = false
  /// The bodies of a batch are told before its commit.
  package var tellsBeforeCommit = false
  /// Retention unlinks a segment's file before the runs in it are gone from the lists.
  package var removesFilesFirst = false

  package init() {}
}

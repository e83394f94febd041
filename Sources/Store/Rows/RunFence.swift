// SPDX-License-Identifier: Apache-2.0
// What every write to a run names, so that a late writer changes nothing.

/// The run as its writer last knew it.
///
/// `sequence` counts the durable writes of the run: a writer that missed one is a zombie. A write
/// under an older incarnation than the row's is one too, whatever it counted.
package struct RunFence: Sendable, Hashable {
  package var incarnation: Int64
  package var sequence: Int64

  package init(incarnation: Int64, sequence: Int64) {
    self.incarnation = incarnation
    self.sequence = sequence
  }

  /// The fence after a write that succeeded.
  package var next: RunFence { RunFence(incarnation: incarnation, sequence: sequence + 1) }
}

// SPDX-License-Identifier: Apache-2.0
// A segment of the journal as the main database knows it.

/// One file of ended runs.
package struct SegmentRow: Sendable, Hashable {
  package let id: Int64
  /// The file in the folder `journal`.
  package let name: String
  /// **Unit** bytes of the file
  package let bytes: Int64
  /// Runs that were written to it; some may have been removed or reopened since.
  package let runs: Int64
  /// When the last of them ended.
  ///
  /// **Unit** milliseconds since 1970
  package let lastFinished: Int64
  /// Nothing is added any more.
  package let isSealed: Bool
  /// It is being removed.
  package let isDropping: Bool
}

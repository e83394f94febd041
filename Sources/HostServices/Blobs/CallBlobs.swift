// SPDX-License-Identifier: Apache-2.0
// The blobs of one call.
import Store

/// What a call writes, and what it may read because it made it.
///
/// **Isolation**: confined to the loop thread.
struct CallBlobs {
  /// A blob the call is writing.
  struct Draft {
    let file: BlobDraft
    let name: BlobName
  }

  /// Unfinished ones by number.
  var drafts: [Int64: Draft] = [:]
  /// Drafts whose file is being made.
  var opening = 0
  private(set) var lastNumber: Int64 = 0
  /// **Unit** bytes the call wrote, or had saved.
  var bytes: Int64 = 0
  /// The blobs it made.
  var made: Set<BlobID> = []
  /// Those that stand in its parameters; looked for once.
  var handedIn: Set<BlobID>?

  mutating func nextNumber() -> Int64 {
    lastNumber += 1
    return lastNumber
  }
}

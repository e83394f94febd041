// SPDX-License-Identifier: Apache-2.0
// Every limit of the store, each with its reason.

import Pipeline

/// Bounds on what the store takes and does in one go.
package enum StoreLimits {
  /// Bodies in one batch: above a thousand a larger one gains nothing (measured), it only waits.
  package static let batchBodies = 1_024
  /// **Unit** bytes bound in one batch: one commit stays in the low milliseconds.
  package static let batchBytes = 4 << 20
  /// **Unit** pages of 4 KiB: 64 MiB of log, then the writer waits for readers. At a sixteenth of
  /// it the log is copied back.
  static let logPages: Int32 = 16_384
  /// **Unit** milliseconds that the writer waits for readers of an old state, once in 4 MiB of log.
  static let logPatienceMS: Int32 = 20
  /// Reader threads: one may scan while the other answers a command.
  static let readers = 2
  /// **Unit** milliseconds. Only a checkpoint ever makes a connection wait for another.
  static let busyMS: Int32 = 5_000

  /// Records that one query returns.
  package static let queryLimit: Int64 = 10_000
  /// Records that one query returns when it does not say.
  package static let queryDefault: Int64 = 100
  /// **Unit** bytes of a record's fields as JSON.
  package static let recordBytes = 64 << 10
  /// **Unit** bytes of an indexed text: the rest is compared by the filter.
  static let indexedBytes = 256
  /// **Unit** bytes of a unique key: it is compared whole, so it is bounded instead of cut.
  static let uniqueBytes = 1_024
  /// Entries of one list that are indexed.
  static let indexedEntries = 256

  /// **Unit** bytes of an identifier, a subject, a contact or a key: they are keys of tables and
  /// are compared whole; what people name things by is far shorter.
  package static let identifierBytes = 1_024
  /// Identifiers of one wait: a document may name five.
  package static let identifiers = 16
  /// Pairs of one cancel: each looks at a table once, in one transaction with all the others.
  package static let cancelPairs = 1_000
  /// Runs that one cancel takes: one transaction, in which the only writer does nothing else.
  package static let cancelledRuns = 100_000
  /// Delays that one part of a command cancels: about 150 µs each, so that a part keeps the writer
  /// for less than a commit on a slow disk takes.
  package static let cancelPart = 250
  /// Elements of a list that become runs of their own, in one transaction.
  package static let children = 10_000
  /// Expired holds removed beside one cancel: the removing keeps pace with the adding.
  static let holdPurge: Int64 = 4
  /// **Unit** bytes of a message that wakes a run.
  package static let wakeBytes = 1 << 20

  /// **Unit** bytes of a kept response; a larger one is marked, and not asked for again.
  package static let keptResponseBytes = 64 << 10
  /// **Unit** bytes of a received body: what a connector takes unless it asks for more.
  package static let receivedBytes = 1 << 20
  /// Received bodies kept for each connector.
  package static let receivedBodies: Int64 = 20
  /// **Unit** bytes of one file of the journal: an unlink frees so much at once, and a copy of the
  /// last file takes well below a second.
  package static let segmentBytes: Int64 = 128 << 20
  /// **Unit** bytes of all segments where nobody said otherwise: far more than anybody looks at,
  /// far less than a disk.
  package static let journalBytes: Int64 = 10 << 30
  /// **Unit** milliseconds between two walks over all runs for what is to be removed.
  package static let retainEveryMS: Int64 = 3_600_000
  /// **Unit** milliseconds after which an ended run leaves the hot tables: whoever started it by
  /// hand has looked at it by then.
  package static let archiveAfterMS: Int64 = 60_000
  /// Runs that leave the hot tables in one transaction, or are removed in one.
  package static let archiveRuns = 64
  /// **Unit** bytes of their events and journals.
  static let archiveBytes = 4 << 20
  /// **Unit** bytes of each side of a kept exchange, of a learned shape and of an alert's mail.
  package static let exchangeBytes = 64 << 10
  /// Exchanges kept for each action.
  package static let exchanges: Int64 = 20
  /// Transcripts kept for each action, of attempts that failed and of others.
  package static let transcripts: Int64 = 20
  /// Transcripts kept in all: a few kilobytes each, and never over a gigabyte together.
  package static let allTranscripts: Int64 = 2_000
  /// **Unit** bytes of one: what it is made from has a quarter of a mebibyte, and no writing of a
  /// byte in JSON has more than six.
  package static let transcriptBytes = 2 << 20
  /// **Unit** bytes of one part of the engine's state: a bucket takes about a hundred.
  static let engineStateBytes = 4 << 20
  /// Runs that one page of a search looks at: a reader's transaction stays far below a second.
  package static let searchedRuns = 20_000
  /// Conditions on the event in one search: each reads the event again.
  package static let searchConditions = 8
  /// Runs of a connector that are looked at for whether they move: who stands still is among the
  /// oldest, and a look must not walk through a backlog of a million.
  static let standingScan: Int64 = 10_000
  /// Rows of one page of a list of runs.
  package static let runPage = 1_000
  /// How long the key of a raised event tells it from its repetition: providers try for a week.
  /// **Unit** milliseconds
  static let raisedMS: Int64 = 7 * 86_400_000
  /// Runs that messages of one contact start within a window; spec/formats.md, Triggers.
  package static let repliesPerWindow = 5
  /// **Unit** milliseconds
  static let replyWindowMS: Int64 = 60_000
  /// How long news are kept for a run to wait for them. **Unit** milliseconds: as long as a run may
  /// wait.
  static let newsMS = RunLimits.newsWithinMS
  /// News kept of one run: what one action waits for, and three statuses of what others sent.
  static let newsPerRun: Int64 = 4 * RunLimits.newsTargets
  /// Expired dedupe keys removed beside one new event: the removing keeps pace with the adding.
  static let dedupePurge: Int64 = 4
  /// Entries of one run's journal: 10,000 elements of a list with 100 components each.
  package static let journalEntries: Int64 = 1 << 20

  /// **Unit** bytes of one blob: the largest file that any of the services we talk to takes.
  package static let blobBytes: Int64 = 100 << 20
  /// **Unit** bytes of one piece of a blob: it crosses to a worker in one message.
  package static let blobPiece = 256 << 10
  /// **Unit** bytes of all blobs of a project: a tenth of what a small server has of disk.
  package static let projectBlobBytes: Int64 = 10 << 30
  /// Blobs that one transaction of a sweep lets go of.
  static let blobSweep = 256
  /// **Unit** milliseconds that a blob is spared after it was made: whoever made it is about to
  /// name it.
  static let blobGraceMS: Int64 = 60_000

  /// Refuses a key that is too long; the value itself is not in the message.
  ///
  /// **Throws** `too_large`
  static func check(_ key: String, _ what: String) throws(StoreError) {
    let size = key.utf8.count
    guard size <= identifierBytes else {
      throw StoreError(
        .tooLarge,
        "\(what) has \(size) bytes, the most is \(identifierBytes): "
          + "name things by a short id, not by a text")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// What the database knows of blobs, and who holds them.

import Pipeline

extension WriteTransaction {
  /// Takes a blob up, or finds it known.
  ///
  /// **Throws** `blobs_full` when the project would keep more than it may
  func blobPut(
    _ project: ProjectID, _ id: BlobID, bytes: Int64, nowMS: Int64
  ) throws(StoreError) {
    let isNew = try database.statement(
      """
      INSERT INTO blob (project, hash, bytes, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (project, hash) DO NOTHING
      """
    ).bind(project.rawValue).bind(id.hash).bind(bytes).bind(nowMS).run() > 0
    guard isNew else {
      // Spared again by the sweep until somebody names it.
      try database.statement("UPDATE blob SET created_at = ? WHERE project = ? AND hash = ?")
        .bind(nowMS).bind(project.rawValue).bind(id.hash).run()
      return
    }
    let total = try blobBytes(of: project)
    guard total <= StoreLimits.projectBlobBytes else {
      throw StoreError(
        .blobsFull,
        "the blobs of project \(project) would have \(total) bytes, the most is "
          + "\(StoreLimits.projectBlobBytes): remove media, or keep runs for a shorter time")
    }
  }

  /// Lets a run hold a blob: the one whose list it is an element of, and so on up.
  func blobHold(_ id: BlobID, by run: RunID) throws(StoreError) {
    try database.statement("INSERT OR IGNORE INTO blob_hold (run, hash) VALUES (?, ?)")
      .bind(try blobHolder(of: run).rawValue).bind(id.hash).run()
  }

  /// Lets a run that is started hold what its event names, as far as the run that starts it does.
  package func blobsHandOver(from run: RunID, to started: RunID, event: String) throws(StoreError) {
    for id in BlobID.all(in: event.utf8) where try blobIsHeld(id, by: run) {
      try blobHold(id, by: started)
    }
  }

  func blobsLetGo(of run: RunID) throws(StoreError) {
    try database.statement("DELETE FROM blob_hold WHERE run = ?").bind(run.rawValue).run()
  }

  /// Takes the rows of these blobs away, of those that nothing holds now either.
  func blobsForget(
    _ blobs: [KnownBlob], madeBefore: Int64
  ) throws(StoreError) -> [KnownBlob] {
    var gone: [KnownBlob] = []
    for blob in blobs {
      let removed = try database.statement(
        composed: "DELETE FROM blob WHERE project = ?2 AND hash = ?3 AND \(unheldBlob)"
      ).bind(madeBefore).bind(blob.project.rawValue).bind(blob.id.hash).run()
      if removed > 0 { gone.append(blob) }
    }
    return gone
  }
}

/// A row of `blob` that no run and no entry of the gallery holds, and that is not new (`?1`).
private let unheldBlob = """
  created_at < ?1 AND NOT EXISTS (
    SELECT 1 FROM blob_hold JOIN run ON run.id = blob_hold.run
    WHERE blob_hold.hash = blob.hash AND run.project = blob.project)
  AND NOT EXISTS (SELECT 1 FROM record_index WHERE record_index.project = blob.project
    AND collection = 'media' AND field = 'blob' AND value = 'tsha256-' || blob.hash)
  """

extension StoreReading {
  /// **Unit** bytes; nil where the project has no such blob.
  package func blobSize(_ project: ProjectID, _ id: BlobID) throws(StoreError) -> Int64? {
    try database.statement("SELECT bytes FROM blob WHERE project = ? AND hash = ?")
      .bind(project.rawValue).bind(id.hash).first { row throws(StoreError) in row.integer(0) }
  }

  /// Whether a run, or the one whose list it is an element of, holds a blob.
  package func blobIsHeld(_ id: BlobID, by run: RunID) throws(StoreError) -> Bool {
    try database.statement("SELECT 1 FROM blob_hold WHERE run = ? AND hash = ?")
      .bind(try blobHolder(of: run).rawValue).bind(id.hash)
      .first { _ throws(StoreError) in true } ?? false
  }

  /// Whether an entry of the project's gallery names a blob.
  package func blobIsInGallery(_ id: BlobID, _ project: ProjectID) throws(StoreError) -> Bool {
    try database.statement(
      """
      SELECT 1 FROM record_index
      WHERE project = ? AND collection = 'media' AND field = 'blob' AND value = ? LIMIT 1
      """
    ).bind(project.rawValue).bind("t" + id.text).first { _ throws(StoreError) in true } ?? false
  }

  /// Some blobs that nothing holds.
  func blobsUnheld(madeBefore: Int64) throws(StoreError) -> [KnownBlob] {
    try database.statement(
      composed: "SELECT project, hash, bytes FROM blob WHERE \(unheldBlob) LIMIT ?2"
    ).bind(madeBefore).bind(Int64(StoreLimits.blobSweep)).all { row throws(StoreError) in
      KnownBlob(row)
    }
  }

  /// **Unit** bytes of all blobs of a project.
  package func blobBytes(of project: ProjectID) throws(StoreError) -> Int64 {
    try database.statement("SELECT ifnull(sum(bytes), 0) FROM blob WHERE project = ?")
      .bind(project.rawValue).first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  /// All there are.
  package func blobList() throws(StoreError) -> [KnownBlob] {
    try database.statement("SELECT project, hash, bytes FROM blob ORDER BY project, hash")
      .all { row throws(StoreError) in KnownBlob(row) }
  }

  /// The run that holds for a run: elements of a list come and go with their parent.
  fileprivate func blobHolder(of run: RunID) throws(StoreError) -> RunID {
    var holder = run
    while let parent = try database.statement("SELECT parent FROM run WHERE id = ?")
      .bind(holder.rawValue).first({ row throws(StoreError) in row.integerOrNil(0) })?
      .map({ RunID($0) })
    {
      holder = parent
    }
    return holder
  }
}

/// A blob as the database knows it.
package struct KnownBlob: Sendable, Hashable {
  package let project: ProjectID
  package let id: BlobID
  package let bytes: Int64

  init(_ row: Statement) {
    project = ProjectID(rawValue: row.text(0))
    id = BlobID(hash: row.text(1))
    bytes = row.integer(2)
  }
}

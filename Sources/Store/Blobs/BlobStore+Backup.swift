// SPDX-License-Identifier: Apache-2.0
// Blobs in backups.
import Glibc
import Synchronization

extension BlobStore {
  /// Copies the database by `body`, and all blobs that its copy knows, while none can be removed;
  /// new ones come meanwhile.
  package func backup(
    to target: String, _ body: () throws(StoreError) -> Void
  ) throws(StoreError) {
    try sweeping.withLock { _ throws(StoreError) in
      try body()
      try Self.copy(from: folder, knownIn: target, to: target)
    }
  }

  /// Copies the blobs of a backup into a data folder whose database is there.
  package static func restore(from backup: String, to folder: String) throws(StoreError) {
    try copy(from: backup + "/" + folderName, knownIn: folder, to: folder)
  }

  private static func copy(
    from source: String, knownIn database: String, to target: String
  ) throws(StoreError) {
    let known = try Store.look(into: database) { read throws(StoreError) in
      try read.blobList()
    } ?? []
    var folders: Set<String> = []
    for blob in known {
      let folder = "\(target)/\(folderName)/\(blob.project)"
      if folders.insert(folder).inserted { try DataFolder.make(folder) }
      let from = "\(source)/\(blob.project)/\(blob.id.hash)"
      try copy(try BlobFile(blob.id, size: blob.bytes, path: from), to: folder + "/" + blob.id.hash)
    }
    for folder in folders { DataFolder.sync(folder) }
  }

  private static func copy(_ file: BlobFile, to path: String) throws(StoreError) {
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard target >= 0 else { throw DataFolder.cannot("make", path, errno) }
    defer { close(target) }
    var offset: Int64 = 0
    while offset < file.size {
      let piece = try file.read(from: offset, size: 1 << 20)
      let failure = piece.withUnsafeBytes { BlobDraft.write($0, to: target) }
      guard failure == 0 else { throw DataFolder.cannot("write", path, failure) }
      offset += Int64(piece.count)
    }
    guard fsync(target) == 0 else { throw DataFolder.cannot("write", path, errno) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Removing what nobody holds, and looking over what is there.
import Glibc
import Pipeline
import Synchronization

extension BlobStore {
  /// What a sweep removed.
  package struct Swept: Sendable, Hashable {
    /// Blobs that nothing held any more.
    package var blobs = 0
    /// Files that nobody knew.
    package var orphans = 0
    /// **Unit** bytes of both.
    package var bytes: Int64 = 0
  }

  /// Forgets and removes the blobs that nothing holds; not while they are copied, then another time.
  ///
  /// - Parameter orphans: also what a crash left: files nobody knows, and drafts of other processes.
  package func sweep(orphans: Bool, nowMS: Int64) throws(StoreError) -> Swept {
    let result = sweeping.withLockIfAvailable { _ in
      Result { () throws(StoreError) in
        var swept = Swept()
        while try removeSome(&swept, nowMS) == StoreLimits.blobSweep {}
        if orphans { try removeOrphans(&swept) }
        return swept
      }
    }
    return try result?.get() ?? Swept()
  }

  /// Looks for blobs that nothing holds beside the writer, which only looks again at those.
  private func removeSome(_ swept: inout Swept, _ nowMS: Int64) throws(StoreError) -> Int {
    let unheld = try store.readAndWait { read throws(StoreError) in
      try read.blobsUnheld(madeBefore: nowMS - StoreLimits.blobGraceMS)
    }
    guard !unheld.isEmpty else { return 0 }
    let gone = try exclusively { () throws(StoreError) in
      let gone = try store.writeAndWait { transaction throws(StoreError) in
        try transaction.blobsForget(unheld, madeBefore: nowMS - StoreLimits.blobGraceMS)
      }
      for blob in gone { unlink(path(of: blob.id, in: blob.project)) }
      return gone
    }
    swept.blobs += gone.count
    swept.bytes += gone.reduce(0) { $0 + $1.bytes }
    return gone.count
  }

  private func removeOrphans(_ swept: inout Swept) throws(StoreError) {
    for name in Self.names(in: folder + "/" + Self.incoming) where !name.hasPrefix(mark) {
      remove(folder + "/" + Self.incoming + "/" + name, &swept)
    }
    for project in Self.names(in: folder) where project != Self.incoming {
      for name in Self.names(in: folder + "/" + project) {
        let path = "\(folder)/\(project)/\(name)"
        try exclusively { () throws(StoreError) in
          let isKnown = try store.readAndWait { read throws(StoreError) in
            guard let id = BlobID(text: "sha256-" + name) else { return false }
            return try read.blobSize(ProjectID(rawValue: project), id) != nil
          }
          // Under the turn: nobody can be naming the same content meanwhile.
          if !isKnown { remove(path, &swept) }
        }
      }
    }
  }

  private func remove(_ path: String, _ swept: inout Swept) {
    var status = stat()
    guard stat(path, &status) == 0, unlink(path) == 0 else { return }
    swept.orphans += 1
    swept.bytes += Int64(status.st_size)
  }

  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  // MARK: Looking over

  /// The same of a store that is in use, while nothing is removed.
  package func faults() throws(StoreError) -> (checked: Int, faults: [String]) {
    let data = String(folder.dropLast(Self.folderName.count + 1))
    let result = sweeping.withLock { _ in
      Result { () throws(StoreError) in try Self.faults(of: data, digest: makeDigest) }
    }
    return try result.get()
  }

  /// What is wrong with the blobs of a folder: a known one without its file, or with one that has
  /// another size or content. Reads every byte.
  package static func faults(
    of folder: String, digest: () -> BlobDigest
  ) throws(StoreError) -> (checked: Int, faults: [String]) {
    let known = try Store.look(into: folder) { read throws(StoreError) in try read.blobList() } ?? []
    var faults: [String] = []
    for blob in known {
      let path = "\(folder)/\(folderName)/\(blob.project)/\(blob.id.hash)"
      do throws(StoreError) {
        let file = try BlobFile(blob.id, size: blob.bytes, path: path)
        let digest = digest()
        var offset: Int64 = 0
        while offset < blob.bytes {
          let piece = try file.read(from: offset, size: 1 << 20)
          piece.withUnsafeBytes { digest.add($0) }
          offset += Int64(piece.count)
        }
        if digest.finish() != blob.id.hash {
          faults.append("blobs/\(blob.project)/\(blob.id.hash) was changed")
        }
      } catch {
        faults.append("blobs/\(blob.project)/\(blob.id.hash): \(error.message)")
      }
    }
    return (known.count, faults)
  }
}

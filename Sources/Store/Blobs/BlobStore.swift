// SPDX-License-Identifier: Apache-2.0
// The blobs of a data folder: their files, and what keeps them.
import CSystem
import Glibc
import Pipeline
import Synchronization

/// Keeps files by their content.
///
/// A blob is *written* (a file without a name, in `blobs/.incoming`), *named* (synced and renamed to
/// `blobs/PROJECT/HASH`) and *known* (its row and its first hold are committed), in this order; only
/// then is its name told. It is *forgotten* (its row goes, when nothing holds it) and *removed* (the
/// file goes after the row). So what is known has its file after any crash, and a crash leaves at
/// worst a file nobody knows, which the next sweep removes.
///
/// **Isolation** any thread but the loop's and the store's own: it waits for the disk. Naming and
/// removing go one at a time.
package final class BlobStore: Sendable {
  let store: Store
  let folder: String
  let makeDigest: @Sendable () -> BlobDigest
  /// Whoever names a blob, or removes one.
  private let turn = Mutex<Void>(())
  /// Whoever removes blobs, or copies them all.
  let sweeping = Mutex<Void>(())
  private let lastNumber = Atomic<UInt64>(0)
  /// What the drafts of this process are told by from those of one that crashed: a number of a
  /// process comes again.
  let mark: String

  /// The folder's name beside the database.
  static let folderName = "blobs"
  static let incoming = ".incoming"

  /// - Parameters:
  ///   - folder: the data folder.
  ///   - mark: differs in each process.
  package init(
    _ store: Store, folder: String, mark: UInt64 = .random(in: 1 ... .max),
    digest: @escaping @Sendable () -> BlobDigest
  ) {
    self.mark = String(mark, radix: 16) + "-"
    self.store = store
    self.folder = folder + "/" + Self.folderName
    makeDigest = digest
  }

  // MARK: Making

  /// Begins a blob.
  ///
  /// **Throws** `folder_unwritable`, `disk_full`
  package func begin() throws(StoreError) -> BlobDraft {
    let incoming = folder + "/" + Self.incoming
    try DataFolder.make(incoming)
    let number = lastNumber.add(1, ordering: .relaxed).newValue
    return try BlobDraft(path: "\(incoming)/\(mark)\(number)", digest: makeDigest())
  }

  /// Names a blob and lets a run hold it, or, without a run, whatever `also` commits with it.
  ///
  /// **Throws** `disk_full`, `folder_unwritable`, `blobs_full` over what a project may keep, and
  /// what `also` throws; the draft is gone in any case
  package func keep(
    _ draft: BlobDraft, in project: ProjectID, for run: RunID?, nowMS: Int64,
    also: @escaping @Sendable (WriteTransaction, BlobID, Int64) throws(StoreError) -> Void = {
      _, _, _ in
    }
  ) throws(StoreError) -> (id: BlobID, size: Int64) {
    let (id, size) = (BlobID(hash: try draft.seal()), draft.size)
    draft.closeFile()
    try exclusively { () throws(StoreError) in
      let path = self.path(of: id, in: project)
      try prepare(folder + "/" + project.rawValue)
      // Over a file of the same name too: its content is the same.
      guard rename(draft.path, path) == 0 else { throw DataFolder.cannot("make", path, errno) }
      draft.markKept()
      DataFolder.sync(folder + "/" + project.rawValue)
      _ = sys_fault(SYS_FAULT_BLOB)
      do throws(StoreError) {
        try store.writeAndWait { transaction throws(StoreError) in
          try transaction.blobPut(project, id, bytes: size, nowMS: nowMS)
          if let run { try transaction.blobHold(id, by: run) }
          try also(transaction, id, size)
        }
      } catch {
        // The file is of use to those alone who knew it before.
        let isKnown = try? store.readAndWait { read throws(StoreError) in
          try read.blobSize(project, id) != nil
        }
        if isKnown == false { unlink(path) }
        throw error
      }
    }
    return (id, size)
  }

  /// Makes a project's folder, and its name durable before anything in it counts.
  private func prepare(_ path: String) throws(StoreError) {
    guard access(path, F_OK) != 0 else { return }
    try DataFolder.make(path)
    DataFolder.sync(folder)
    DataFolder.sync(folder + "/..")
  }

  /// The same for a file that somebody else wrote through the draft's descriptor: when this
  /// returns, nobody can change it any more.
  ///
  /// **Throws** `too_large`, and as `keep`
  package func keep(
    saved draft: BlobDraft, in project: ProjectID, for run: RunID, nowMS: Int64
  ) throws(StoreError) -> (id: BlobID, size: Int64) {
    let file = open(draft.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw DataFolder.cannot("read", draft.path, errno) }
    defer { close(file) }
    guard draft.isSoleOwner(reading: file) else {
      let copy = try begin()
      try BlobStore.read(file) { piece throws(StoreError) in
        try copy.append(piece: piece)
      }
      draft.discard()
      return try keep(copy, in: project, for: run, nowMS: nowMS)
    }
    try BlobStore.read(file) { piece throws(StoreError) in try draft.note(piece) }
    guard fsync(file) == 0 else { throw DataFolder.cannot("write", draft.path, errno) }
    return try keep(draft, in: project, for: run, nowMS: nowMS)
  }

  private static func read(
    _ file: Int32, _ take: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { room.deallocate() }
    while true {
      let got = Glibc.read(file, room.baseAddress, room.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        throw StoreError(.ioFailed, "a saved answer cannot be read: check the disk")
      }
      if got == 0 { return }
      try take(UnsafeRawBufferPointer(rebasing: room[..<got]))
    }
  }

  // MARK: Reading

  package func path(of id: BlobID, in project: ProjectID) -> String {
    "\(folder)/\(project.rawValue)/\(id.hash)"
  }

  /// A blob that is known, open to be read; nil where it is not. Whoever asks has looked who may.
  package func file(
    _ id: BlobID, in project: ProjectID, _ transaction: some StoreReading
  ) throws(StoreError) -> BlobFile? {
    guard let size = try transaction.blobSize(project, id) else { return nil }
    return try BlobFile(id, size: size, path: path(of: id, in: project))
  }

  func exclusively<Value: Sendable>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try turn.withLock { _ throws(StoreError) in try body() }
  }
}

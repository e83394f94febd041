// SPDX-License-Identifier: Apache-2.0
// A blob while it is written.
import Glibc

/// A file without a name in the folder of blobs, thrown away unless it is kept.
///
/// **Isolation**: one at a time: its owner adds to it, or a transport writes through `descriptor`
/// and is done when it is kept.
// Safe because: its owner hands it on and does not touch it meanwhile.
package final class BlobDraft: @unchecked Sendable {
  package private(set) var descriptor: Int32
  let path: String
  /// **Unit** bytes added so far.
  package private(set) var size: Int64 = 0
  private let digest: BlobDigest
  /// Whether the file has another name by now, or none.
  private var isKept = false

  init(path: String, digest: BlobDigest) throws(StoreError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw DataFolder.cannot("make", path, errno) }
    self.path = path
    self.digest = digest
  }

  deinit { discard() }

  /// Throws it away, unless it is kept.
  package func discard() {
    closeFile()
    if !isKept { unlink(path) }
    isKept = true
  }

  /// Gives the way up to write through it.
  func closeFile() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// A descriptor of its own, for another owner.
  package func duplicate() throws(StoreError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw DataFolder.cannot("open again", path, errno) }
    return copy
  }

  /// Adds a piece.
  ///
  /// **Throws** `too_large` over 100 MiB, `disk_full`, `folder_unwritable`
  package func append(_ piece: ArraySlice<UInt8>) throws(StoreError) {
    let result = piece.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in try append(piece: bytes) }
    }
    try result.get()
  }

  func append(piece: UnsafeRawBufferPointer) throws(StoreError) {
    try note(piece)
    let failure = BlobDraft.write(piece, to: descriptor)
    guard failure == 0 else { throw DataFolder.cannot("write", path, failure) }
  }

  /// Takes note of a piece that stands in the file.
  func note(_ piece: UnsafeRawBufferPointer) throws(StoreError) {
    guard size + Int64(piece.count) <= StoreLimits.blobBytes else { throw Self.tooLarge }
    digest.add(piece)
    size += Int64(piece.count)
  }

  /// Empties it, for whoever writes it from the beginning again.
  package func restart() throws(StoreError) {
    guard ftruncate(descriptor, 0) == 0 else { throw DataFolder.cannot("write", path, errno) }
  }

  static let tooLarge = StoreError(
    .tooLarge,
    "a blob has at most \(StoreLimits.blobBytes >> 20) MiB: split it, or hand over a link")

  /// Whether nobody can write the file any more, once this draft's own way is closed. Also false
  /// where the system does not say.
  ///
  /// A lease for reading is given only while no descriptor is open for writing.
  ///
  /// **Source** fcntl(2), F_SETLEASE
  func isSoleOwner(reading file: Int32) -> Bool {
    closeFile()
    let setLease: Int32 = 1_024
    guard fcntl(file, setLease, F_RDLCK) == 0 else { return false }
    return fcntl(file, setLease, F_UNLCK) == 0
  }

  /// The digest of what was added; the file is on disk.
  func seal() throws(StoreError) -> String {
    guard descriptor < 0 || fsync(descriptor) == 0 else { throw DataFolder.cannot("write", path, errno) }
    return digest.finish()
  }

  func markKept() { isKept = true }

  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var offset = 0
    while offset < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      let put = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put < 0 ? errno : EIO }
      offset += put
    }
    return 0
  }
}

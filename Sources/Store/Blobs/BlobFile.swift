// SPDX-License-Identifier: Apache-2.0
// A blob's file, open to be read.
import Glibc

/// An open file whose content never changes.
///
/// **Ownership**: closes its descriptor when it goes.
package final class BlobFile: Sendable {
  package let id: BlobID
  package let descriptor: Int32
  /// **Unit** bytes.
  package let size: Int64

  /// **Throws** `database_damaged` where the file is not there or has another size than it had.
  init(_ id: BlobID, size: Int64, path: String) throws(StoreError) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else {
      throw StoreError(
        .damaged, "the file of the blob \(id) is missing: jackfield doctor, then restore a backup")
    }
    var status = stat()
    guard fstat(file, &status) == 0, Int64(status.st_size) == size else {
      close(file)
      throw StoreError(
        .damaged,
        "the file of the blob \(id) has \(status.st_size) bytes instead of \(size): restore a backup")
    }
    self.id = id
    descriptor = file
    self.size = size
  }

  deinit { close(descriptor) }

  /// A descriptor of its own, for another owner.
  ///
  /// **Throws** `io_failed` when the process has none left
  package func duplicate() throws(StoreError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else {
      throw StoreError(.ioFailed, "no descriptor is left for the blob \(id): raise the limit")
    }
    return copy
  }

  /// Up to `size` bytes from `offset` on, none beyond the end.
  ///
  /// **Throws** `io_failed`
  package func read(from offset: Int64, size: Int) throws(StoreError) -> [UInt8] {
    guard offset >= 0, offset < self.size, size > 0 else { return [] }
    let wanted = Int(min(Int64(size), self.size - offset))
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { room, count in
      while count < wanted {
        let place = room.baseAddress?.advanced(by: count)
        let got = pread(descriptor, place, wanted - count, off_t(offset) + off_t(count))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          failure = got < 0 ? errno : EIO
          return
        }
        count += got
      }
    }
    guard failure == 0 else {
      throw StoreError(
        .ioFailed, "the blob \(id) cannot be read (\(String(cString: strerror(failure))))")
    }
    return bytes
  }
}

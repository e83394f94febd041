// SPDX-License-Identifier: Apache-2.0
// The exclusive lock on a data folder.

import Glibc

/// Held while this process owns the folder.
///
/// **Ownership** let go of by `release` or with the last reference; the kernel frees it when the
/// process dies, so a stale file never locks anybody out.
package final class DataFolderLock: Sendable {
  private let file: Int32

  init(path: String, folder: String) throws(StoreError) {
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DataFolder.cannot("open", path, errno) }
    if let number = DataFolderLock.take(file) {
      let owner = DataFolderLock.owner(file)
      close(file)
      guard number == EWOULDBLOCK else { throw DataFolder.cannot("lock", path, number) }
      throw DataFolderLock.taken(folder, by: owner)
    }
    let pid = Array("\(getpid())\n".utf8)
    ftruncate(file, 0)
    _ = pwrite(file, pid, pid.count, 0)
  }

  deinit { close(file) }

  /// Locks the file, and returns the number of the failure, nil where there is none.
  ///
  /// An owner that was killed while it started a worker leaves a child behind that holds the lock
  /// until it becomes the worker: that moment is waited for, five seconds at most.
  private static func take(_ file: Int32) -> Int32? {
    for _ in 0..<250 {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return nil }
      let number = errno
      guard number == EWOULDBLOCK, let owner = owner(file), owner > 0,
        kill(owner, 0) != 0, errno == ESRCH
      else { return number }
      usleep(20_000)
    }
    return EWOULDBLOCK
  }

  private static func taken(_ folder: String, by owner: Int32?) -> StoreError {
    let who = owner.map { "process \($0)" } ?? "another process"
    return StoreError(
      .folderLocked,
      "\(folder) is in use by \(who): stop it, or name another --data")
  }

  /// The pid its owner wrote in, if it got that far.
  private static func owner(_ file: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let size = pread(file, &bytes, bytes.count, 0)
    guard size > 0 else { return nil }
    let digits = bytes[..<size].prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}

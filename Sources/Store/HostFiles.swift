// SPDX-License-Identifier: Apache-2.0
// The files of the host.

import Glibc

/// Plain system calls on the host's file system.
package struct HostFiles: StoreFiles {
  package init() {}

  package var vfs: String? { nil }

  package func makeFolder(_ folder: String) throws(StoreError) { try DataFolder.make(folder) }

  package func head(of path: String, size: Int) throws(StoreError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw DataFolder.cannot("read", path, errno)
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(file, &bytes, size, 0)
    guard count >= 0 else { throw DataFolder.cannot("read", path, errno) }
    return Array(bytes[..<count])
  }

  package func touch(_ path: String) throws(StoreError) {
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DataFolder.cannot("make", path, errno) }
    close(file)
  }

  package func remove(_ path: String) { unlink(path) }

  package func rename(_ from: String, to: String) throws(StoreError) {
    guard Glibc.rename(from, to) == 0 else { throw DataFolder.cannot("make", to, errno) }
  }

  package func syncFolder(_ folder: String) { DataFolder.sync(folder) }
}

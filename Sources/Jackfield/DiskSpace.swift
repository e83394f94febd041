// SPDX-License-Identifier: Apache-2.0
// What is left of a disk.
import Glibc

/// The room of the file system that a folder is on.
struct DiskSpace: Sendable {
  /// What this user may still write. **Unit**: bytes.
  let free: Int64
  /// **Unit**: bytes.
  let total: Int64

  /// nil where the system does not say.
  init?(of folder: String) {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let block = Int64(clamping: status.f_frsize)
    free = Int64(clamping: status.f_bavail).multipliedReportingOverflow(by: block).partialValue
    total = Int64(clamping: status.f_blocks).multipliedReportingOverflow(by: block).partialValue
  }

  /// A size as people read it.
  static func text(_ bytes: Int64) -> String {
    bytes >= 10 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
  }
}

// SPDX-License-Identifier: Apache-2.0
//
// Which files a transport may read to find its peers, and whether they are still the same.

import Glibc

/// The resolver's files as they were found by name at one moment. A rule of Landlock holds the file
/// that a name led to, so one that took its place is out of reach of a worker that runs: most
/// programs that write `/etc/resolv.conf` replace it.
struct ResolverFiles: Hashable {
  private struct Identity: Hashable {
    let device: UInt64
    let file: UInt64
  }

  private let found: [Identity?]

  /// Looks them up: some microseconds.
  init() {
    found = Self.paths.map { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      return Identity(device: UInt64(status.st_dev), file: UInt64(status.st_ino))
    }
  }

  /// None of them is secret.
  static let paths = [
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
  ]
}

// SPDX-License-Identifier: Apache-2.0
//
// What a watched descriptor is ready for.

import CSystem

/// What epoll reported for one descriptor, level-triggered.
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// There is something to read, an end of file included.
  package static let readable = Readiness(rawValue: SYS_LOOP_READABLE)
  /// A write would not block.
  package static let writable = Readiness(rawValue: SYS_LOOP_WRITABLE)
  /// The peer is gone; what it had written before can still be read.
  package static let closed = Readiness(rawValue: SYS_LOOP_CLOSED)
  /// The descriptor is in error.
  package static let failed = Readiness(rawValue: SYS_LOOP_FAILED)
}

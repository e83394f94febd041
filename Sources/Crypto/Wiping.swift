// SPDX-License-Identifier: Apache-2.0
// Overwriting what was secret.
import Glibc

extension [UInt8] {
  /// Zeroes the bytes where they lie. Only for bytes that nothing else shares: those of a shared
  /// array would be copied first.
  package mutating func wipe() {
    withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Bytes at one address that are zeroed when they are given up.
import Glibc

/// A copy of bytes at an address that never moves, followed by a NUL, zeroed before it is freed:
/// for secrets, and for bodies that libcurl reads while the exchange lasts.
///
/// **Isolation**: immutable after `init`, so any thread may read it.
package final class OwnedBytes: @unchecked Sendable {
  // Safe because: the memory is written in `init` only and freed in `deinit` only.
  private let start: UnsafeMutableRawPointer
  package let count: Int

  package convenience init(_ bytes: UnsafeRawBufferPointer) {
    self.init(count: bytes.count) { memory in memory.copyMemory(from: bytes) }
  }

  package convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count) { memory in memory.copyBytes(from: bytes) }
  }

  /// The parts one after the other, without a copy of them anywhere else.
  package convenience init(joining parts: [OwnedBytes]) {
    self.init(count: parts.reduce(0) { $0 + $1.count }) { memory in
      var offset = 0
      for part in parts {
        part.withBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: bytes)
        }
        offset += part.count
      }
    }
  }

  package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.count = count
    start = .allocate(byteCount: count + 1, alignment: 16)
    fill(UnsafeMutableRawBufferPointer(start: start, count: count))
    start.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
  }

  deinit {
    explicit_bzero(start, count)
    start.deallocate()
  }

  /// The bytes. **Ownership**: valid until `body` returns.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes as a C string, meaningful when they hold no NUL. **Ownership**: as `withBytes`.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    defer { withExtendedLifetime(self) {} }
    return body(UnsafePointer(start.assumingMemoryBound(to: CChar.self)))
  }

  /// For an owner that keeps this object as long as it uses the pointer.
  package var mutablePointer: UnsafeMutableRawPointer { start }
}

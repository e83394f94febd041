// SPDX-License-Identifier: Apache-2.0
// A payload that travels as a descriptor.
import CSystem
import Glibc

/// Anonymous memory whose content and size can never change again.
///
/// **Ownership**: closes its descriptor when it goes.
package final class SealedMemory: Sendable {
  package let descriptor: Int32
  /// **Unit**: bytes.
  package let size: Int

  /// Copies `content` into new memory and seals it.
  package init(sealing content: ArraySlice<UInt8>) throws(ProtocolViolation) {
    descriptor = sys_memory_create("jackfield-payload")
    size = content.count
    guard descriptor >= 0 else { throw .system("memfd_create", -descriptor) }
    let written = content.withUnsafeBytes { Self.writeAll($0, to: descriptor) }
    guard written == 0 else { throw .system("writing a payload's memory", written) }
    let sealed = sys_memory_seal(descriptor)
    guard sealed == 0 else { throw .system("sealing a payload's memory", -sealed) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The content of a descriptor that came with a message, whatever it is, when it is sealed memory
  /// of exactly `size` bytes.
  ///
  /// The bound of `size` is the caller's to check, before.
  static func read(
    _ descriptor: Int32, exactly size: Int
  ) throws(ProtocolViolation) -> [UInt8] {
    let sealed = sys_memory_sealed_size(descriptor)
    guard sealed >= 0 else {
      throw ProtocolViolation(
        code: "memory_unsealed", reason: "the attached descriptor is no sealed memory")
    }
    guard sealed == Int64(size) else {
      throw ProtocolViolation(
        code: "memory_size",
        reason: "the header says \(size) bytes, the attached memory has \(sealed)")
    }
    var failure: Int32 = 0
    let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      while count < size {
    let got = pread(descriptor, raw.baseAddress?.advanced(by: count), size - count, off_t(count))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          failure = got < 0 ? errno : EIO
          return
        }
        count += got
      }
    }
    guard failure == 0 else { throw .system("reading a payload's memory", failure) }
    return content
  }

  private static func writeAll(_ content: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var offset = 0
    while offset < content.count {
      let rest = UnsafeRawBufferPointer(rebasing: content[offset...])
      let put = write(descriptor, rest.baseAddress, rest.count)
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put < 0 ? errno : EIO }
      offset += put
    }
    return 0
  }
}

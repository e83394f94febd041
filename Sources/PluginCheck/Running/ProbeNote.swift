// SPDX-License-Identifier: Apache-2.0
// Where a probe says what it is inside of, for whoever looks after it has crashed.

import CSystem
import Glibc
import PluginHost

/// A page of shared memory with one text and one seed. Writing costs no system call.
///
/// **Isolation**: written by the probe's main thread, read when the probe has ended.
// Safe because: the pointer never changes, and reader and writer do not live at the same time.
final class ProbeNote: @unchecked Sendable {
  let memory: OwnedDescriptor
  private let page: UnsafeMutableRawPointer
  private static let size = 4_096
  private static let textStart = 32

  /// A new page, of the checker.
  init() throws(PluginHostError) {
    memory = OwnedDescriptor(sys_memory_create("jackfield-note"))
    guard memory.number >= 0, ftruncate(memory.number, off_t(Self.size)) == 0 else {
      throw Room.failure(errno)
    }
    page = try Self.map(memory.number)
  }

  /// The page behind an inherited descriptor, of the probe.
  init(mapping descriptor: Int32) throws(PluginHostError) {
    memory = OwnedDescriptor(descriptor)
    page = try Self.map(descriptor)
  }

  deinit { munmap(page, Self.size) }

  private static func map(_ descriptor: Int32) throws(PluginHostError) -> UnsafeMutableRawPointer {
    let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw Room.failure(errno) }
    return mapped
  }

  func say(_ text: String) {
    let bytes = Array(text.utf8.prefix(Self.size - Self.textStart))
    page.storeBytes(of: 0, as: UInt32.self)
    bytes.withUnsafeBytes {
      guard let start = $0.baseAddress else { return }
      (page + Self.textStart).copyMemory(from: start, byteCount: $0.count)
    }
    page.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
  }

  var said: String {
    let count = min(Int(page.load(as: UInt32.self)), Self.size - Self.textStart)
    let bytes = UnsafeRawBufferPointer(start: page + Self.textStart, count: count)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The seed of the round of a fuzz that is under way.
  var seed: UInt64? {
    get {
      page.load(fromByteOffset: 8, as: UInt64.self) == 1
        ? page.load(fromByteOffset: 16, as: UInt64.self) : nil
    }
    set {
      page.storeBytes(of: newValue ?? 0, toByteOffset: 16, as: UInt64.self)
      page.storeBytes(of: newValue == nil ? 0 : 1, toByteOffset: 8, as: UInt64.self)
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Where a probe says what it is inside of and what it found, for whoever looks when it has ended.

import CSystem
import Glibc
import PluginHost
import PluginRuntime

/// Shared memory with one text, two numbers, a place of a crash and the finding. Writing costs no system call, and a
/// plugin that closes every descriptor closes none of this.
///
/// **Isolation**: written by any thread of the probe, read when the probe has ended.
// Safe because: the pointer never changes, writers hold the lock, and reader and writers do not
// live at the same time.
final class ProbeNote: @unchecked Sendable {
  let memory: OwnedDescriptor
  private let page: UnsafeMutableRawPointer
  private let lock = Lock()
  private static let size = 1 << 20
  private static let guardSize = 64 << 10
  private static let textStart = 32
  private static let textRoom = 4_096
  private static let crashStart = textStart + textRoom
  private static let findingStart = crashStart + 1_024

  /// A new page, of the checker.
  init() throws(PluginHostError) {
    memory = OwnedDescriptor(sys_memory_create("jackfield-note"))
    guard memory.number >= 0, ftruncate(memory.number, off_t(Self.size)) == 0 else {
      throw ProbeRoom.failure(errno)
    }
    page = try Self.map(memory.number)
  }

  /// The page behind an inherited descriptor, of the probe.
  init(mapping descriptor: Int32) throws(PluginHostError) {
    memory = OwnedDescriptor(descriptor)
    page = try Self.map(descriptor)
  }

  deinit { munmap(page - Self.guardSize, Self.size + 2 * Self.guardSize) }

  /// Between two guards: a plugin that writes beyond a stack ends there, and not on this page.
  private static func map(_ descriptor: Int32) throws(PluginHostError) -> UnsafeMutableRawPointer {
    let whole = size + 2 * guardSize
    let room = mmap(nil, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let room, room != MAP_FAILED else { throw ProbeRoom.failure(errno) }
    let place = room + guardSize
    let mapped = mmap(
      place, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0)
    guard mapped != MAP_FAILED else { throw ProbeRoom.failure(errno) }
    return place
  }

  func say(_ text: String) {
    let bytes = Array(text.utf8.prefix(Self.textRoom))
    lock.locked { put(bytes, at: Self.textStart, count: 0) }
  }

  var said: String {
    let bytes = taken(at: Self.textStart, count: 0, atMost: Self.textRoom)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Leaves the finding; false when it is too long.
  func finish(with finding: [UInt8]) -> Bool {
    guard finding.count <= Self.size - Self.findingStart else { return false }
    put(finding, at: Self.findingStart, count: 4)
    return true
  }

  /// The finding; empty when the probe did not come that far.
  var finding: [UInt8] {
    Array(taken(at: Self.findingStart, count: 4, atMost: Self.size - Self.findingStart))
  }

  /// Writes bytes, and how many at the offset `count`.
  private func put(_ bytes: [UInt8], at start: Int, count: Int) {
    page.storeBytes(of: 0, toByteOffset: count, as: UInt32.self)
    bytes.withUnsafeBytes {
      guard let first = $0.baseAddress else { return }
      (page + start).copyMemory(from: first, byteCount: $0.count)
    }
    page.storeBytes(of: UInt32(bytes.count), toByteOffset: count, as: UInt32.self)
  }

  private func taken(at start: Int, count: Int, atMost most: Int) -> UnsafeRawBufferPointer {
    let size = min(Int(page.load(fromByteOffset: count, as: UInt32.self)), most)
    return UnsafeRawBufferPointer(start: page + start, count: size)
  }

  /// How many requests of the call under way were served.
  var served: Int {
    get { Int(page.load(fromByteOffset: 24, as: UInt32.self)) }
    set { page.storeBytes(of: UInt32(clamping: newValue), toByteOffset: 24, as: UInt32.self) }
  }

  /// Where a signal that ends the probe is noted.
  var crashRecord: UnsafeMutablePointer<sys_crash_record> {
    (page + Self.crashStart).assumingMemoryBound(to: sys_crash_record.self)
  }

  /// What was noted of this signal, as addresses in the image, the innermost first. Hostile: the
  /// numbers may be any.
  func crashPlaces(of signal: Int32) -> [UInt64] { crashRecord.pointee.places(of: signal) }

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

// SPDX-License-Identifier: Apache-2.0
// Memory that both processes see: which calls a worker was inside of.
import CSystem
import Glibc

/// One number a slot: the call a worker's thread is running, 0 for none.
///
/// Writing one costs no system call, and after a crash the host reads what was being run. The
/// host believes no number it reads unless such a call is open on that worker.
///
/// **Shape**: `max_calls` + 1 words of 32 bits, rounded up to whole pages, and a page in which a
/// worker that a signal ends notes where it was.
/// **Isolation**: any thread; a slot is written by one.
/// **Ownership**: unmapped with the object; the descriptor is the caller's to close.
package final class EnteredPage: Sendable {
  /// How many slots there are.
  package let count: Int
  private let address: UInt
  private let bytes: Int

  /// New shared memory for a worker of `maxCalls` calls at once, and its descriptor to inherit.
  package static func create(
    maxCalls: Int
  ) throws(ProtocolViolation) -> (page: EnteredPage, descriptor: Int32) {
    let bytes = (min(max(maxCalls, 1), Limits.callsAtOnce) + 1) * 4
    let size = (bytes + pageBytes - 1) / pageBytes * pageBytes + pageBytes
    let memory = sys_memory_create("jackfield-entered")
    guard memory >= 0 else { throw .system("memfd_create", -memory) }
    do throws(ProtocolViolation) {
      guard ftruncate(memory, off_t(size)) == 0 else { throw .system("ftruncate", errno) }
      // Sealed, for a worker that could cut it off would make the host's read a SIGBUS.
      let sealed = sys_memory_seal_size(memory)
      guard sealed == 0 else { throw .system("sealing the entered page", -sealed) }
      return (try EnteredPage(mapping: memory), memory)
    } catch {
      close(memory)
      throw error
    }
  }

  /// Maps the memory behind an inherited descriptor.
  package init(mapping descriptor: Int32) throws(ProtocolViolation) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("fstat", errno) }
    bytes = Int(status.st_size)
    guard bytes > Self.pageBytes else { throw .system("the entered page", EINVAL) }
    count = (bytes - Self.pageBytes) / 4
    let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw .system("mmap", errno) }
    address = UInt(bitPattern: mapped)
  }

  deinit { munmap(UnsafeMutableRawPointer(bitPattern: address), bytes) }

  /// Says that `slot` is inside of `call`, or of nothing with 0.
  package func enter(_ slot: Int, call: UInt32) {
    guard let word = word(slot) else { return }
    sys_word_store(word, call)
  }

  /// The calls that are entered now.
  package var entered: [UInt32] {
    (0..<count).compactMap { slot in
      guard let word = word(slot) else { return nil }
      let call = sys_word_load(word)
      return call == 0 ? nil : call
    }
  }

  /// Where a worker notes its crash: nothing else is in this page.
  package var crashRecord: UnsafeMutablePointer<sys_crash_record>? {
    UnsafeMutablePointer(bitPattern: address + UInt(bytes - Self.pageBytes))
  }

  /// What it noted, as addresses in its image, the innermost first; empty when it noted nothing of
  /// this signal. Hostile: the numbers may be any.
  package func crashPlaces(of signal: Int32) -> [UInt64] {
    crashRecord?.pointee.places(of: signal) ?? []
  }

  private static let pageBytes = 4_096

  private func word(_ slot: Int) -> UnsafeMutablePointer<UInt32>? {
    guard slot >= 0, slot < count else { return nil }
    return UnsafeMutablePointer(bitPattern: address + UInt(slot) * 4)
  }
}

extension sys_crash_record {
  /// What was noted of this signal, the innermost place first; empty when nothing of it was.
  package func places(of signal: Int32) -> [UInt64] {
    guard self.signal == UInt32(bitPattern: signal) else { return [] }
    let count = min(Int(self.count), Int(SYS_CRASH_PLACES))
    return withUnsafeBytes(of: places) { Array($0.bindMemory(to: UInt64.self).prefix(count)) }
  }
}

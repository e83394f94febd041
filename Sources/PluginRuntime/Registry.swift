// SPDX-License-Identifier: Apache-2.0
// Objects that are found by a handle, and used again and again.
import Glibc

/// Keeps every object it ever made; what is not in use waits to be taken again.
///
/// **Isolation**: any thread. Finding takes no lock: an entry is written once, before its handle
/// is known to anybody.
// Safe because: `free` and `count` are touched only under `lock`; an entry never changes once
// its index is below the count that was handed out.
final class Registry<Object: AnyObject>: @unchecked Sendable {
  private let lock = Lock()
  private let entries: UnsafeMutablePointer<Unmanaged<Object>?>
  private var free: [Object] = []
  private var count = 0

  init() {
    // calloc, so that pages of entries that are never used take no memory.
    let room = calloc(Handle.capacity, MemoryLayout<Unmanaged<Object>?>.stride)
    guard let room else { preconditionFailure("no memory for the registry") }
    entries = room.bindMemory(to: Unmanaged<Object>?.self, capacity: Handle.capacity)
  }

  // A registry lives as long as its process: handles may be looked up at any time.

  /// An object that is not in use, or a new one; nil when all the handles are.
  func take(_ make: (_ index: Int) -> Object) -> Object? {
    lock.lock()
    defer { lock.unlock() }
    if let object = free.popLast() { return object }
    guard count < Handle.capacity else { return nil }
    let object = make(count)
    entries[count] = Unmanaged.passRetained(object)
    count += 1
    return object
  }

  func giveBack(_ object: Object) { lock.locked { free.append(object) } }

  /// Every object there is, in use or not.
  var all: some Sequence<Object> {
    let made = lock.locked { count }
    return (0..<made).lazy.compactMap { [self] in find($0) }
  }

  /// The object of an index, in use or not.
  func find(_ index: Int) -> Object? { entries[index]?.takeUnretainedValue() }
}

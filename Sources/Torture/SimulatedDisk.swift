// SPDX-License-Identifier: Apache-2.0
// A disk that forgets what was not synced, as the store's files.

import CSimulatedDisk
import Glibc
import Store
import Synchronization

/// A disk in memory: `simulated_disk.h` says what it keeps of a crash.
///
/// **Ownership** the last reference frees it; connections still open are dead from then on.
///
/// **Isolation** any thread
package final class SimulatedDisk: StoreFiles, @unchecked Sendable {
  // Safe because the pointer never changes and the disk locks itself.
  private let disk: OpaquePointer
  private let name: String

  /// The number of the next disk: two may never have the same name.
  private static let last = Atomic<Int>(0)

  package convenience init() { self.init { sim_disk_make($0) } }

  /// A disk with the same files as another, all of it synced.
  package convenience init(copying other: SimulatedDisk) {
    self.init { sim_disk_copy(other.disk, $0) }
  }

  private init(_ make: (String) -> OpaquePointer?) {
    name = "simulated-\(SimulatedDisk.last.wrappingAdd(1, ordering: .relaxed).newValue)"
    guard let made = make(name) else {
      preconditionFailure("SQLite could not register the disk \(name): memory is short")
    }
    disk = made
  }

  deinit { sim_disk_free(disk) }

  // MARK: Crashes and faults

  /// The power fails and comes back: `seed` decides what is kept of what was not synced, and every
  /// connection that is open is dead.
  package func crash(seed: UInt64) { sim_disk_crash(disk, seed) }

  /// The power is to fail at the so many-th change from now; nil takes the wish back.
  package func powerOff(at operation: Int?) { sim_disk_power_off_at(disk, Int64(operation ?? 0)) }

  /// Whether the power failed, and no crash has ended that yet.
  package var isOff: Bool { sim_disk_is_off(disk) != 0 }

  /// Kinds of operation that can be made to fail.
  package struct Kinds: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let reads = Kinds(rawValue: SIM_DISK_READ)
    package static let writes = Kinds(rawValue: SIM_DISK_WRITE)
    package static let syncs = Kinds(rawValue: SIM_DISK_SYNC)
    package static let folder = Kinds(rawValue: SIM_DISK_FOLDER)
  }

  /// So many operations of these kinds fail, beginning with the `operation`th from now.
  package func fail(_ kinds: Kinds, at operation: Int, count: Int = 1) {
    sim_disk_fail_at(disk, kinds.rawValue, Int64(operation), Int64(count))
  }

  /// How much fits on it, nil for no limit.
  ///
  /// **Unit** bytes
  package func limit(_ bytes: Int?) { sim_disk_limit(disk, Int64(bytes ?? -1)) }

  /// Somebody else holds the next so many locks that are asked for.
  package func busy(_ times: Int) { sim_disk_busy(disk, Int64(times)) }

  /// What has happened to it so far.
  package var counts: sim_disk_counts { sim_disk_count(disk) }

  // MARK: Damage

  /// The size of a file; nil where there is none.
  ///
  /// **Unit** bytes
  package func size(of path: String) -> Int? {
    let size = sim_disk_size(disk, path)
    return size < 0 ? nil : Int(size)
  }

  /// Cuts a file to a size, as if it had been synced so.
  package func cut(_ path: String, to size: Int) { sim_disk_cut(disk, path, Int64(size)) }

  /// Writes into a file, as if it had been synced so.
  package func damage(_ path: String, at offset: Int, _ bytes: [UInt8]) {
    sim_disk_damage(disk, path, Int64(offset), bytes, Int64(bytes.count))
  }

  // MARK: StoreFiles

  package var vfs: String? { name }

  /// There is one folder, and it is always there.
  package func makeFolder(_ folder: String) {}

  package func head(of path: String, size: Int) throws(StoreError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    let count = sim_disk_head(disk, path, &bytes, Int64(size))
    if count == -Int64(ENOENT) { return nil }
    if count < 0 { throw SimulatedDisk.failed("read", path) }
    return Array(bytes[..<Int(count)])
  }

  package func touch(_ path: String) throws(StoreError) {
    if sim_disk_touch(disk, path) != 0 { throw SimulatedDisk.failed("make", path) }
  }

  package func remove(_ path: String) { sim_disk_remove(disk, path) }

  package func rename(_ from: String, to: String) throws(StoreError) {
    if sim_disk_rename(disk, from, to) != 0 { throw SimulatedDisk.failed("rename", from) }
  }

  package func syncFolder(_ folder: String) { sim_disk_sync_folder(disk) }

  private static func failed(_ verb: String, _ path: String) -> StoreError {
    StoreError(.ioFailed, "the simulated disk does not \(verb) \(path)")
  }
}

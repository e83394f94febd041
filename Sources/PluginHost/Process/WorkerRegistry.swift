// SPDX-License-Identifier: Apache-2.0
//
// Which workers of a data folder may be alive, across hosts: a lock and a list.
//
// `workers.lock` proves that old workers are dead. A flock belongs to an *open description*: each
// worker inherits a description of its own, locked shared, which the kernel gives up when the last
// copy of it is closed, that is when the worker and everything it forked are gone. A starting host
// asks for the lock exclusively on another description: it gets it only when no worker of an
// earlier host lives. Then it gives it up again, for its own workers to share; two hosts never meet
// here, because `DATA/lock` comes first. One description for all workers would be cheaper, but any
// of them could unlock it for all.
//
// `workers.list` says whom to kill when the lock does not come free: lines `+ PID START` and
// `- PID`. PDEATHSIG has usually done it before.

import CSystem
import Glibc
import Synchronization

/// The workers of one data folder.
package final class WorkerRegistry: Sendable {
  private let folder: String
  private let list: OwnedDescriptor
  private let alive = Mutex<[Int32: UInt64]>([:])

  private init(folder: String, list: OwnedDescriptor) {
    self.folder = folder
    self.list = list
  }

  /// Makes sure that no worker of an earlier host lives: waits up to two seconds for them to end,
  /// then kills those that are recorded, then those that hold the lock.
  ///
  /// **Throws** `workers_alive` when somebody else holds the lock; `data_folder_unusable`.
  /// **Isolation** blocks: before the loop starts.
  package static func takeOver(
    dataFolder: String, patience: Duration = .seconds(2), workerName: String = "jackfield-worker"
  ) throws(PluginHostError) -> WorkerRegistry {
    let lock = try openFile(dataFolder + "/workers.lock")
    let list = try openFile(dataFolder + "/workers.list")
    let survivors = Survivors(list: list, lock: lock, name: String(workerName.prefix(15)))
    if !lockExclusively(lock, within: patience) {
      survivors.killRecorded()
      survivors.killHolders()
      guard lockExclusively(lock, within: patience) else {
        throw PluginHostError(
          code: "workers_alive",
          message: "processes of an earlier host still hold \(dataFolder)/workers.lock"
            + survivors.holdersText + ": end them and start again")
      }
    }
    // The lock is proof for all who inherited it; who closed it is found by its record.
    survivors.killRecorded()
    // Said, not left to the close: a process that is being forked right now has a copy until it
    // becomes another program, and would hold the lock against our own workers.
    flock(lock.number, LOCK_UN)
    guard ftruncate(list.number, 0) == 0 else { throw unusable(dataFolder + "/workers.list") }
    return WorkerRegistry(folder: dataFolder, list: list)
  }

  /// A description of `workers.lock` of its own, locked shared, for one worker to inherit.
  func newLock() throws(PluginHostError) -> OwnedDescriptor {
    let lock = try Self.openFile(folder + "/workers.lock")
    guard flock(lock.number, LOCK_SH | LOCK_NB) == 0 else {
      throw PluginHostError(
        code: "workers_lock_taken",
        message: "\(folder)/workers.lock is held by another host: one host at a time per folder")
    }
    return lock
  }

  /// Remembers a worker that has just been started. **Isolation** the spawner's thread.
  func record(_ pid: Int32, startTime: UInt64) {
    alive.withLock { $0[pid] = startTime }
    append("+ \(pid) \(startTime)\n")
  }

  /// Forgets a worker that was reaped.
  func forget(_ pid: Int32) {
    let survivors = alive.withLock { alive -> [Int32: UInt64]? in
      alive.removeValue(forKey: pid)
      return size > 65_536 ? alive : nil
    }
    guard let survivors else { return append("- \(pid)\n") }
    ftruncate(list.number, 0)
    append(survivors.map { "+ \($0.key) \($0.value)\n" }.joined())
  }

  private var size: Int {
    var status = stat()
    return fstat(list.number, &status) == 0 ? Int(status.st_size) : 0
  }

  private func append(_ text: String) {
    lseek(list.number, 0, SEEK_END)
    var bytes = Array(text.utf8)
    _ = write(list.number, &bytes, bytes.count)
  }

  private static func openFile(_ path: String) throws(PluginHostError) -> OwnedDescriptor {
    let fd = sys_open_private(path)
    guard fd >= 0 else { throw unusable(path, -fd) }
    return OwnedDescriptor(fd)
  }

  private static func unusable(_ path: String, _ number: Int32 = errno) -> PluginHostError {
    PluginHostError(
      code: "data_folder_unusable",
      message: "\(path): \(systemText(number)): give the data folder to the user that runs this")
  }

  /// Polls, because a blocking flock cannot be bounded in time without a signal.
  private static func lockExclusively(_ lock: OwnedDescriptor, within patience: Duration) -> Bool {
    let end = ContinuousClock.now + patience
    while flock(lock.number, LOCK_EX | LOCK_NB) != 0 {
      guard ContinuousClock.now < end else { return false }
      usleep(10_000)
    }
    return true
  }
}

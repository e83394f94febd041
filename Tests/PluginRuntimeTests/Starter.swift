// SPDX-License-Identifier: Apache-2.0
// Starting a worker as a host does.
import CSystem
import Foundation

/// Spawns one process on a thread that lives as long as it: the worker is killed when the thread
/// that started it ends.
// Safe because: what changes is touched only under `condition`.
final class Starter: @unchecked Sendable {
  let pid: Int32
  private let pidfd: Int32
  private let condition = NSCondition()
  private var ended: WorkerProcess.End?

  init(_ program: String, _ descriptors: [Int32]) throws {
    let spawned = Spawned()
    let thread = Thread { [spawned] in spawned.spawn(program, descriptors) }
    thread.start()
    let found = spawned.wait()
    guard found.pid > 0 else { throw WorkerTestError("\(program) cannot be started: \(found.pid)") }
    pid = found.pid
    pidfd = found.pidfd
    spawned.ended = { [weak self] end in self?.finish(end) }
    spawned.release()
  }

  deinit { close(pidfd) }

  func signal(_ number: Int32) -> Int32 { sys_pidfd_signal(pidfd, number) }

  func wait(seconds: Double) -> WorkerProcess.End? {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: seconds)
    while ended == nil { if !condition.wait(until: deadline) { break } }
    return ended
  }

  private func finish(_ end: WorkerProcess.End) {
    condition.lock()
    ended = end
    condition.broadcast()
    condition.unlock()
  }

  /// The thread's side.
  // Safe because: the two semaphores order every access.
  private final class Spawned: @unchecked Sendable {
    private var process = sys_spawned()
    private let started = DispatchSemaphore(value: 0)
    private let listened = DispatchSemaphore(value: 0)
    var ended: ((WorkerProcess.End) -> Void)?

    func wait() -> sys_spawned {
      started.wait()
      return process
    }

    func release() { listened.signal() }

    func spawn(_ program: String, _ descriptors: [Int32]) {
      var arguments = [strdup(program), nil]
      var environment: [UnsafeMutablePointer<CChar>?] = [nil]
      if let path = getenv("LD_LIBRARY_PATH") {
        environment = [strdup("LD_LIBRARY_PATH=" + String(cString: path)), nil]
      }
      defer { for text in arguments + environment { free(text) } }
      let failure = sys_spawn(
        program, &arguments, &environment, descriptors, Int32(descriptors.count), &process)
      if failure != 0 { process.pid = failure }
      let own = dup(process.pidfd)
      started.signal()
      listened.wait()
      guard failure == 0 else { return }
      var wait = pollfd(fd: own, events: Int16(POLLIN), revents: 0)
      while poll(&wait, 1, -1) < 1 {}
      var reaped = sys_reaped()
      while sys_reap(own, &reaped) == 0 {}
      close(own)
      ended?(reaped.kind == 1 ? .exited(reaped.number) : .signalled(reaped.number))
    }
  }
}

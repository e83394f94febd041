// SPDX-License-Identifier: Apache-2.0
//
// The one thread that starts all workers. PDEATHSIG fires when the *thread* that spawned a process
// ends, so it lives as long as the host does.

import CSystem
import Glibc
import Synchronization

/// Starts worker processes, one after the other, on a thread of its own.
package final class Spawner: Sendable {
  private struct Orders {
    var waiting: [@Sendable () -> Void] = []
    var isStopping = false
    var threadID: Int32 = 0
    var thread: NamedThread?
  }

  private let orders = Mutex(Orders())
  private let bell: OwnedDescriptor
  private let emptyInput: OwnedDescriptor
  private let registry: WorkerRegistry

  /// Starts the thread.
  package init(registry: WorkerRegistry) throws(PluginHostError) {
    self.registry = registry
    // A blocking eventfd is the semaphore that a Mutex has not got.
    bell = OwnedDescriptor(sys_counter())
    emptyInput = OwnedDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    let thread = try NamedThread(name: "jf-spawner") { [self] in run() }
    orders.withLock { $0.thread = thread }
  }

  /// The number of the spawning thread; 0 before it runs. Workers die with it.
  package var threadID: Int32 { orders.withLock { $0.threadID } }

  /// Starts a worker and hands what came of it to `done`, on the spawner's thread.
  package func spawn(
    _ request: SpawnRequest,
    _ done: @escaping @Sendable (Result<SpawnedProcess, PluginHostError>) -> Void
  ) {
    let isStopping = orders.withLock { state in
      if !state.isStopping { state.waiting.append { [self] in done(start(request)) } }
      return state.isStopping
    }
    guard !isStopping else {
      done(.failure(PluginHostError(code: "host_stopping", message: "the host is stopping")))
      return
    }
    ring()
  }

  /// Ends the thread, and with it by PDEATHSIG every worker that still lives.
  package func stop() {
    let thread = orders.withLock { state in
      state.isStopping = true
      defer { state.thread = nil }
      return state.thread
    }
    ring()
    thread?.join()
  }

  func forget(_ pid: Int32) {
    registry.forget(pid)
  }

  private func run() {
    orders.withLock { $0.threadID = sys_thread_id() }
    while true {
      var count: UInt64 = 0
      _ = read(bell.number, &count, 8)
      let (works, isStopping) = orders.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isStopping)
      }
      for work in works { work() }
      if isStopping { return }
    }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(bell.number, &one, 8)
  }

  private func start(_ request: SpawnRequest) -> Result<SpawnedProcess, PluginHostError> {
    let lock: OwnedDescriptor
    do throws(PluginHostError) { lock = try registry.newLock() } catch { return .failure(error) }
    let descriptors = [
      (request.input ?? emptyInput).number, request.output.number, request.output.number,
      request.socket.number, request.image.number, request.entered.number, lock.number,
      request.listening?.number ?? -1,
    ]
    let name = request.program.split(separator: "/").last.map(String.init) ?? request.program
    var spawned = sys_spawned()
    let failure = withCStrings([name]) { arguments in
      withCStrings(request.environment) { environment in
        sys_spawn(
          request.program, arguments, environment, descriptors, Int32(descriptors.count), &spawned)
      }
    }
    withExtendedLifetime((request, lock)) {}
    guard failure == 0 else {
      return .failure(
        PluginHostError(
          code: "worker_not_spawned",
          message: "the worker \(request.program) could not be started: \(systemText(-failure))"
            + Self.advice(-failure)))
    }
    let pidfd = OwnedDescriptor(spawned.pidfd)
    let startTime = ProcessIdentity.read(spawned.pid)?.startTime ?? 0
    registry.record(spawned.pid, startTime: startTime)
    // Now: an ordinary user cannot open it any more once the worker has hidden itself.
    let autogroup = OwnedDescriptor(open("/proc/\(spawned.pid)/autogroup", O_WRONLY | O_CLOEXEC))
    let libraries = request.libraries?.files(ofImage: request.image.number) ?? []
    // It waits for its hello, and takes nothing before.
    let entered = request.groups.map { $0.all.enter(spawned.pid, $0.bounds) }
    return .success(
      SpawnedProcess(
        pid: spawned.pid, pidfd: pidfd, autogroup: autogroup, libraries: libraries,
        group: entered?.group, groupProblem: entered?.problem))
  }

  private static func advice(_ number: Int32) -> String {
    switch number {
    case ENOENT: ": install it beside the jackfield program, or build it with make build"
    case EACCES: ": make it executable"
    case EAGAIN: ": raise the limit of processes (ulimit -u)"
    case EMFILE, ENFILE: ": raise the limit of open files (ulimit -n)"
    case ENOMEM: ": the machine is out of memory"
    default: ""
    }
  }
}

/// Calls `body` with a null-terminated array of C strings, as exec takes it.
private func withCStrings<Answer>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Answer
) -> Answer {
  var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return body(pointers)
}

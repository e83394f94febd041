// SPDX-License-Identifier: Apache-2.0
// A worker pool with the echo plugin and nothing else of a host.
import Crypto
import Foundation
import Pipeline
import PluginHost
import Synchronization

/// Calls into a warm worker, without a store or a scheduler around them.
///
/// **Isolation**: one thread, not the loop's.
final class EchoPool {
  private let folder: BenchFolder
  private let loop: EventLoop
  private let spawner: Spawner
  private let pool: WorkerPool
  private let plugin: InstalledPlugin

  /// Threads and workers inherit the caller's processors: pin before this.
  convenience init() throws {
    let folder = try BenchFolder()
    try self.init(plugin: EchoPlugin.install(in: folder), folder)
    _ = try calls(100, inFlight: 1)  // the first one starts the worker
  }

  /// The same with another plugin, and no worker yet.
  init(plugin path: String, _ room: BenchFolder? = nil) throws {
    folder = try room ?? BenchFolder()
    let sodium = try Sodium.load()
    let (found, problems) = PluginCatalogue.read(folder: path) {
      Hex.encode(sodium.sha256($0))
    }
    guard let found, found.usable else {
      throw BenchError(code: "host_failed", reason: "\(problems)")
    }
    plugin = found
    loop = EventLoop(name: "loop")
    try loop.start()
    spawner = try Spawner(registry: WorkerRegistry.takeOver(dataFolder: folder.path))
    pool = WorkerPool(loop: loop, spawner: spawner, program: PluginSet.workerProgram) { _ in }
  }

  /// One call in a project that has no worker, to its end. **Unit** ms.
  func coldCall(_ action: ActionID, project: ProjectID) throws -> Double {
    let request = CallRequest(
      id: 1, project: project, plugin: plugin, action: action,
      parameters: Array("{}".utf8), context: Array("{}".utf8), key: "cold", timeout: .seconds(10))
    let done = DispatchSemaphore(value: 0)
    let took = Mutex((milliseconds: 0.0, isReturned: false))
    loop.post { [loop, pool] in
      let began = loop.now
      pool.submit(request) { end in
        took.withLock {
          $0.milliseconds = Double(loop.now - began) / 1e6
          if case .returned = end.outcome { $0.isReturned = true }
        }
        done.signal()
      }
    }
    guard done.wait(timeout: .now() + 10) == .success, took.withLock({ $0.isReturned }) else {
      throw BenchError(code: "host_failed", reason: "the first call of \(project) did not return")
    }
    return took.withLock { $0.milliseconds }
  }

  /// Runs echo calls, `inFlight` at a time, and waits for the last.
  func calls(_ count: Int, inFlight: Int) throws -> EchoCalls.Summary {
    let calls = EchoCalls(pool: pool, loop: loop, plugin: plugin, count: count)
    let done = DispatchSemaphore(value: 0)
    loop.post { calls.start(inFlight: inFlight) { done.signal() } }
    guard done.wait(timeout: .now() + 60) == .success else {
      throw BenchError(code: "host_failed", reason: "echo calls did not end within 60 s")
    }
    return try calls.summary()
  }

  func close() {
    let done = DispatchSemaphore(value: 0)
    loop.post { [pool] in pool.shutdown(grace: .seconds(1)) { done.signal() } }
    _ = done.wait(timeout: .now() + 5)
    spawner.stop()
    loop.stop()
  }
}

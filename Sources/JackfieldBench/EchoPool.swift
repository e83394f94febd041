// SPDX-License-Identifier: Apache-2.0
// A worker pool with the echo plugin and nothing else of a host.
import Crypto
import Foundation
import PluginHost

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
  init() throws {
    folder = try BenchFolder()
    let sodium = try Sodium.load()
    let (found, problems) = PluginCatalogue.read(folder: try EchoPlugin.install(in: folder)) {
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
    _ = try calls(100, inFlight: 1)  // the first one starts the worker
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

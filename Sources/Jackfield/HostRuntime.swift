// SPDX-License-Identifier: Apache-2.0
// The parts of a host that run: the loop and what is confined to it.
import Calendar
import Crypto
import HostServices
import Ingress
import Pipeline
import PluginHost
import Scheduler
import Store
import Synchronization
import Values

/// Loop, store, pool, services and scheduler of one host, made and ended together.
package final class HostRuntime: Sendable {
  package let loop: EventLoop
  package let store: Store
  package let pool: WorkerPool
  private let spawner: Spawner
  package let services: HostServices
  let blobs: BlobStore
  private let blobThread: BlobThread
  package let scheduler: Scheduler
  package let intake: Intake
  let schedules: ScheduleClock
  let alerts: AlertMailer
  let watch: AlertWatch
  let keeping: RunKeeping
  private let listeningOn = Mutex<String?>(nil)
  private let log: @Sendable (String) -> Void
  private let resumesRuns: Bool

  init(
    options: HostOptions, vault: CredentialVault, sodium: Sodium, library: ConnectorLibrary,
    zones: ZoneSource
  ) throws(HostError) {
    log = options.log
    resumesRuns = options.resumesRuns
    let loop = EventLoop(name: "loop")
    self.loop = loop
    do throws(PluginHostError) {
      try loop.start()
      // Before a run is recovered: the workers of a host that died must be dead too, so that
      // nothing of theirs can still leave.
      let registry = try WorkerRegistry.takeOver(dataFolder: options.dataFolder)
      spawner = try Spawner(registry: registry)
      var limits = PoolLimits()
      limits.workers = options.maxWorkers
      let log = options.log
      pool = WorkerPool(
        loop: loop, spawner: spawner, program: options.workerPath ?? PluginSet.workerProgram,
        limits: limits, sandbox: options.sandbox
      ) { line in log("plugin \(line.plugin) [\(line.pid)]: \(line.text)") }
      if let problem = pool.groupsProblem { log("control groups are not used: \(problem)") }
    } catch {
      throw HostError(error.code, error.message)
    }
    do throws(StoreError) {
      store = try Store.open(folder: options.dataFolder) { completions in
        loop.postAll(completions)
      }
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
    try Host.unlock(vault, store, options)
    do throws(StoreError) {
      let installation = Installation(keyID: vault.keyID, sodium)
      let name = try store.writeAndWait { transaction throws(StoreError) in
        Installation(number: try transaction.installation(orElse: installation.number)).name
      }
      let incarnation = try store.writeAndWait { transaction throws(StoreError) in
        try transaction.incarnationNext()
      }
      blobs = BlobStore(store, folder: options.dataFolder, digest: BlobDigest.maker(sodium))
      blobThread = try BlobThread()
      services = HostServices(
        loop: loop, store: store, vault: vault, pool: pool, recordIDs: store.recordIDs,
        blobs: blobs, blobThread: blobThread,
        digest: { Hex.encode(sodium.sha256($0)) }, clock: { Host.now() },
        isPermissive: options.isPermissive,
        log: { run, line in options.log("run \(run): \(line)") })
      scheduler = Scheduler(
        loop: loop, store: store, pool: pool, services: services, connectors: library,
        installation: name, incarnation: incarnation, zones: zones,
        digests: Digests(sodium), clock: { Host.now() },
        log: options.log)
      intake = Intake(
        loop: loop, store: store, scheduler: scheduler, pool: pool,
        ingress: Ingress(sodium: sodium),
        log: options.log)
      schedules = ScheduleClock(
        loop: loop, store: store, scheduler: scheduler, log: options.log)
      keeping = try RunKeeping(store: store, log: options.log)
      alerts = AlertMailer(loop: loop, store: store, scheduler: scheduler, log: options.log)
      watch = AlertWatch(loop: loop, store: store, scheduler: scheduler, log: options.log)
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
    let (pool, services) = (pool, services)
    loop.post { pool.services = services }
  }

  /// Starts to work on what is unfinished; the projects are configured by then.
  func start() {
    loop.post { [self] in
      scheduler.start(resuming: resumesRuns)
      // A host that was opened for one run leaves the clock to `serve`.
      guard resumesRuns else { return }
      schedules.start()
      alerts.start()
      watch.start()
      keeping.tend(nowMS: Host.now())
      sweepBlobs(orphans: true)
      tidyLater()
    }
  }

  /// Once a minute: ended runs leave the hot tables, what has expired goes, and free pages go back
  /// to the disk.
  private func tidyLater() {
    _ = loop.schedule(at: loop.now + 60_000_000_000) { [self] in
      let now = Host.now()
      store.write({ transaction throws(StoreError) -> Void in
        try transaction.storeTidy(nowMS: now)
      }) { _ in }
      keeping.tend(nowMS: now)
      sweepBlobs(orphans: false)
      tidyLater()
    }
  }

  /// Removes the blobs that nothing holds, on their own thread.
  private func sweepBlobs(orphans: Bool) {
    let (blobs, log) = (blobs, log)
    _ = blobThread.run {
      do throws(StoreError) {
        let swept = try blobs.sweep(orphans: orphans, nowMS: Host.now())
        guard swept.blobs + swept.orphans > 0 else { return }
        log(
          "blobs: \(swept.blobs) that nothing holds removed, \(swept.orphans) files that nobody "
            + "knew, \(swept.bytes) bytes")
      } catch {
        log("blobs: those that nothing holds stay where they are: \(error.message)")
      }
    }
  }

  /// Where the listener is reached, once it is.
  package var address: String? { listeningOn.withLock { $0 } }

  func setAddress(_ text: String) {
    listeningOn.withLock { $0 = text }
  }

  /// Lets open calls end within the grace, then ends the workers and the loop.
  ///
  /// **Isolation**: not on the loop thread; blocks.
  func stop(grace: Double) {
    let quiet = Signal()
    loop.post { [scheduler, pool, schedules, alerts, watch] in
      schedules.stop()
      alerts.stop()
      watch.stop()
      scheduler.stop { pool.shutdown(grace: .milliseconds(Int64(grace * 1_000))) { quiet.give() } }
    }
    if !quiet.wait(seconds: max(grace, 0.5)) {
      log("some calls did not end within \(grace) s; their runs go on at the next start")
      let ended = Signal()
      loop.post { [pool] in pool.shutdown(grace: .zero) { ended.give() } }
      _ = ended.wait(seconds: 3)
    }
    spawner.stop()
    loop.stop()
    keeping.close()
    blobThread.close()
  }
}

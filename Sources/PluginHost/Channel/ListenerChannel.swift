// SPDX-License-Identifier: Apache-2.0
//
// A listener: a worker that takes requests in over a descriptor that the host keeps open, so that
// no connection is refused while it is restarted.

import Glibc
import Pipeline
import WorkerProtocol

/// The requests of one listener, and its worker, which is started at once and restarted for ever.
///
/// **Isolation** the loop's thread.
package final class ListenerChannel {
  private unowned let pool: WorkerPool
  private let project: ProjectID
  private let plugin: InstalledPlugin
  private let settings: [UInt8]
  private let listenerSettings: [UInt8]
  private let listening: OwnedDescriptor

  private var worker: WorkerProcess?
  private var stuck: [ObjectIdentifier: WorkerProcess] = [:]
  /// Counts workers: an answer to a request of an earlier one goes nowhere.
  private var generation: UInt32 = 0
  private var open: Set<UInt32> = []
  private var isTaking = true
  private var isStopping = false
  private var failures = 0
  private var restart: TimerToken?

  /// A request has come in: a number for the answer, the JSON of its head, its body. Set before
  /// `start`. The bytes are hostile.
  package var incoming: (_ exchange: UInt64, _ head: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>)
    -> Void = { _, _, _ in }
  /// It accepts requests now.
  package var ready: () -> Void = {}
  /// It could not be started, or died; it is started again after a pause.
  package var failed: (LoadFailure) -> Void = { _ in }

  init(
    pool: WorkerPool, project: ProjectID, plugin: InstalledPlugin, listening: OwnedDescriptor,
    settings: [UInt8], listenerSettings: [UInt8]
  ) {
    self.pool = pool
    self.project = project
    self.plugin = plugin
    self.listening = listening
    self.settings = settings
    self.listenerSettings = listenerSettings
  }

  private var loop: EventLoop { pool.context.loop }

  /// Requests that wait for an answer.
  package var openExchanges: Int { open.count }
  package var isReady: Bool { if case .ready? = worker?.state { true } else { false } }

  /// Starts the worker.
  package func start() {
    loop.assertCurrent()
    guard worker == nil, restart == nil, !isStopping else { return }
    do throws(LoadFailure) {
      generation &+= 1
      open = []
      worker = try pool.startChannelWorker(
        project: project, plugin: plugin, settings: settings, listening: listening,
        listenerSettings: listenerSettings, owner: self)
    } catch {
      startAgainLater(error)
    }
  }

  /// Answers a request; `head` is the JSON `{status, headers}`. Nothing happens when its caller, or
  /// the worker that took it, is gone.
  package func respond(exchange: UInt64, head: [UInt8], body: [UInt8]) {
    loop.assertCurrent()
    let number = UInt32(truncatingIfNeeded: exchange)
    guard UInt32(exchange >> 32) == generation, open.remove(number) != nil, let worker else {
      return
    }
    let message = RespondMessage(exchange: number, head: head[...], body: body[...])
    do throws(ProtocolViolation) {
      worker.send(try message.encoded())
    } catch {
      let tooLarge = RespondMessage(
        exchange: number, head: Array(#"{"status":500,"headers":{}}"#.utf8)[...], body: [])
      if let encoded = try? tooLarge.encoded() { worker.send(encoded) }
    }
  }

  /// False: the listener answers 503 with Retry-After by itself, until told otherwise.
  package func setIntake(_ isOpen: Bool) {
    loop.assertCurrent()
    guard isOpen != isTaking else { return }
    isTaking = isOpen
    sendIntake()
  }

  /// Accepts no more; open requests can be answered for `patience`, five seconds without one.
  package func stop(patience: Duration? = nil) {
    loop.assertCurrent()
    isStopping = true
    if let restart { loop.cancel(restart) }
    restart = nil
    guard let worker else { return closeDoor() }
    worker.retire(patience: patience)
  }

  /// Whoever connects from now on is refused, instead of waiting in the backlog for somebody who
  /// does not come any more. Those who wait there know that nothing was taken from them.
  private func closeDoor() {
    shutdown(listening.number, Int32(SHUT_RDWR))
  }

  var isStopped: Bool { worker == nil }

  var status: [PoolStatus.Worker] {
    let all = (worker.map { [$0] } ?? []) + Array(stuck.values)
    return all.map {
      PoolStatus.Worker(
        pid: $0.pid, project: project, plugin: plugin.id, hash: plugin.hash, state: $0.state.name,
        openCalls: $0 === worker ? open.count : 0, queuedCalls: 0, isAlone: false)
    }
  }

  private func sendIntake() {
    guard isReady, let worker else { return }
    if let message = try? IntakeMessage(isOpen: isTaking).encoded() { worker.send(message) }
  }

  /// The first restart of one that ran well is at once: its callers wait in the backlog.
  private func startAgainLater(_ failure: LoadFailure) {
    failed(failure)
    guard !isStopping else { return }
    failures += 1
    let limits = pool.context.limits
    let factor = UInt64(1) << UInt64(min(failures - 1, 20))
    let pause = min(
      limits.backOffFirst.nanoseconds.multipliedReportingOverflow(by: factor).partialValue,
      limits.backOffMost.nanoseconds)
    restart = loop.schedule(at: loop.now + (failures == 1 ? 0 : pause)) { [weak self] in
      self?.restart = nil
      self?.start()
    }
  }
}

extension ListenerChannel: WorkerOwner {
  func workerIsReady(_ worker: WorkerProcess) {
    if !isTaking { sendIntake() }
    ready()
  }

  func workerIsDrained(_ worker: WorkerProcess) {}

  func worker(_ worker: WorkerProcess, said message: WorkerMessage) throws(ProtocolViolation) {
    guard case .incoming(let request) = message else {
      throw ProtocolViolation(
        code: "kind_unexpected", reason: "a listener speaks for an action or a transport")
    }
    guard open.count < Self.mostOpen, open.insert(request.exchange).inserted else {
      throw ProtocolViolation(
        code: "exchange_invalid",
        reason: "exchange \(request.exchange) is open, or over \(Self.mostOpen) are")
    }
    incoming(UInt64(generation) << 32 | UInt64(request.exchange), request.head, request.body)
  }

  /// More connections than a listener of ours takes.
  private static let mostOpen = 100_000

  func workerIsDoomed(_ worker: WorkerProcess) {}

  func workerIsStuck(_ worker: WorkerProcess, _ death: WorkerDeath) {
    stuck[ObjectIdentifier(worker)] = worker
    leave(worker, death)
  }

  func worker(_ worker: WorkerProcess, ended death: WorkerDeath) {
    stuck[ObjectIdentifier(worker)] = nil
    leave(worker, death)
    pool.checkStopped()
  }

  private func leave(_ worker: WorkerProcess, _ death: WorkerDeath) {
    guard self.worker === worker else { return }
    self.worker = nil
    generation &+= 1
    open = []
    guard !isStopping else { return closeDoor() }
    let ranWell = worker.readySince != 0
      && worker.readySince + Self.wellAfter < loop.now
    if ranWell { failures = 0 }
    startAgainLater(
      worker.loadFailure ?? LoadFailure(code: "listener_died", message: death.description))
  }

  /// **Unit** nanoseconds. One that ran this long did not die of its start.
  private static let wellAfter: UInt64 = 10_000_000_000
}

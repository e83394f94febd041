// SPDX-License-Identifier: Apache-2.0
//
// A transport: a worker that carries requests to the outside world, thousands at once.

import Pipeline
import WorkerProtocol

/// Which transport: one per project and build.
struct TransportKey: Hashable {
  let project: ProjectID
  let plugin: PluginID
  let hash: String
}

/// The exchanges of one transport plugin of one project, and its worker, which is started at the
/// first, restarted when it dies, and ended when there were none for a while.
///
/// **Isolation** the loop's thread.
package final class TransportChannel {
  /// One exchange: unsent until its worker is ready and reads.
  private final class Exchange {
    let request: [UInt8]
    let body: [UInt8]
    /// Handed on with the request: who takes an answer in asks whether anybody has them still.
    var files: [AttachedFile]
    let tell: (TransportEvent) -> Void
    var isSent = false
    var hasLeft = false
    var abort: TimerToken?

    init(
      _ request: [UInt8], _ body: [UInt8], _ files: [AttachedFile],
      _ tell: @escaping (TransportEvent) -> Void
    ) {
      self.request = request
      self.body = body
      self.files = files
      self.tell = tell
    }
  }

  private unowned let pool: WorkerPool
  private let key: TransportKey
  private let plugin: InstalledPlugin
  private let settings: [UInt8]
  private var worker: WorkerProcess?
  private var stuck: [ObjectIdentifier: WorkerProcess] = [:]
  private var exchanges: [UInt32: Exchange] = [:]
  private var unsent: [UInt32] = []
  private var idleTimer: TimerToken?
  /// As they were when its worker was started.
  private var resolverFiles = ResolverFiles()

  init(pool: WorkerPool, key: TransportKey, plugin: InstalledPlugin, settings: [UInt8]) {
    self.pool = pool
    self.key = key
    self.plugin = plugin
    self.settings = settings
  }

  private var loop: EventLoop { pool.context.loop }

  private var build: StartBackOff.Build {
    StartBackOff.Build(
      project: key.project, plugin: key.plugin, hash: key.hash, settings: settings,
      allowance: .channels)
  }

  /// How many exchanges have not ended.
  package var openExchanges: Int { exchanges.count }

  /// Begins an exchange. `exchange` is the caller's number, unique among those that have not ended;
  /// `request` is the JSON of `jf_transport_interface.submit`, `files` are those it counts. Events come on the loop, never
  /// before this returns.
  package func submit(
    exchange: UInt32, request: [UInt8], body: [UInt8], files: [AttachedFile] = [],
    events: @escaping (TransportEvent) -> Void
  ) {
    loop.assertCurrent()
    precondition(exchange != 0 && exchanges[exchange] == nil, "exchange \(exchange) is open")
    cancelIdleTimer()
    exchanges[exchange] = Exchange(request, body, files, events)
    unsent.append(exchange)
    move()
  }

  /// Ends an exchange early: its events end within a second, for a transport that does not answer
  /// an abort in that time is killed. Unknown numbers are ignored.
  package func abort(exchange number: UInt32) {
    loop.assertCurrent()
    guard let exchange = exchanges[number], exchange.abort == nil else { return }
    guard exchange.isSent, let worker else {
      unsent.removeAll { $0 == number }
      let death = WorkerDeath(
        pid: 0, reason: .ended, status: .unknown, detail: "aborted before it was sent")
      return tellLater(number, .lost(left: false, death))
    }
    if let abort = try? EncodedMessage.bare(.abort, exchange: number) { worker.send(abort) }
    exchange.abort = pool.context.schedule(after: pool.context.limits.egress) { [weak worker] in
      worker?.receive(batches: 64)
      guard exchange.abort?.isPending == false, self.exchanges[number] === exchange else { return }
      worker?.kill(.notAborting, "exchange \(number) did not end within a second of its abort")
    }
  }

  // MARK: The worker

  /// Sends what can be sent now; starts the worker when there is none.
  private func move() {
    guard !unsent.isEmpty else { return }
    guard let worker else { return start() }
    guard case .ready = worker.state else { return }
    // With nothing under way another worker costs a start; what waits here goes to it.
    if unsent.count == exchanges.count, resolverFiles != ResolverFiles() { return worker.retire() }
    var sent = 0
    while sent < unsent.count, !worker.isCongested {
      send(unsent[sent], to: worker)
      sent += 1
    }
    unsent.removeFirst(sent)
  }

  private func send(_ number: UInt32, to worker: WorkerProcess) {
    guard let exchange = exchanges[number] else { return }
    do throws(ProtocolViolation) {
      let message = SubmitMessage(
        exchange: number, request: exchange.request[...], body: exchange.body[...])
      let submit = try message.encoded()
      for file in exchange.files { worker.send(.file(file, exchange: number)) }
      worker.send(submit)
      exchange.files = []
      exchange.isSent = true
    } catch {
      let death = WorkerDeath(
        pid: worker.pid, reason: .notSpawned, status: .unknown, detail: error.reason)
      tellLater(number, .lost(left: false, death))
    }
  }

  private func start() {
    do throws(LoadFailure) {
      if let failure = pool.backOff.blocking(build, now: loop.now) { throw failure }
      guard !pool.isStopping else {
        throw LoadFailure(code: "host_stopping", message: "the host is stopping")
      }
      resolverFiles = ResolverFiles()
      worker = try pool.startChannelWorker(
        project: key.project, plugin: plugin, settings: settings, listening: nil,
        listenerSettings: nil, owner: self)
    } catch {
      loseAll(
        WorkerDeath(pid: 0, reason: .notSpawned, status: .unknown, detail: error.message))
    }
  }

  private func loseAll(_ death: WorkerDeath) {
    unsent = []
    for number in exchanges.keys.sorted() {
      tellLater(number, .lost(left: exchanges[number]?.hasLeft ?? false, death))
    }
  }

  /// Ends an exchange, at the end of this turn.
  private func tellLater(_ number: UInt32, _ event: TransportEvent) {
    guard let exchange = exchanges.removeValue(forKey: number) else { return }
    if let abort = exchange.abort { loop.cancel(abort) }
    loop.deferToTurnEnd { exchange.tell(event) }
    startIdleTimer()
  }

  private func startIdleTimer() {
    guard exchanges.isEmpty, idleTimer == nil, worker != nil else { return }
    idleTimer = pool.context.schedule(after: pool.context.limits.idle) { [weak self] in
      guard let self else { return }
      idleTimer = nil
      if exchanges.isEmpty { worker?.retire() }
    }
  }

  private func cancelIdleTimer() {
    if let idleTimer { loop.cancel(idleTimer) }
    idleTimer = nil
  }

  // MARK: Its end

  /// Ends the worker; what is open is lost.
  func stop() {
    cancelIdleTimer()
    worker?.retire(patience: pool.context.limits.egress)
  }

  var isStopped: Bool { worker == nil }

  var status: [PoolStatus.Worker] {
    let all = (worker.map { [$0] } ?? []) + Array(stuck.values)
    return all.map {
      PoolStatus.Worker(
        pid: $0.pid, project: key.project, plugin: key.plugin, hash: key.hash,
        state: $0.state.name, openCalls: $0 === worker ? exchanges.count : 0,
        queuedCalls: $0 === worker ? unsent.count : 0, isAlone: false)
    }
  }
}

extension TransportChannel: WorkerOwner {
  func workerIsReady(_ worker: WorkerProcess) {
    pool.backOff.reset(build)
    move()
    startIdleTimer()
  }

  func workerIsDrained(_ worker: WorkerProcess) {
    move()
  }

  func worker(_ worker: WorkerProcess, said message: WorkerMessage) throws(ProtocolViolation) {
    switch message {
    case .left(let number):
      let exchange = try sentExchange(number)
      guard !exchange.hasLeft else { return }
      exchange.hasLeft = true
      exchange.tell(.left)
    case .answered(let answer):
      let exchange = try sentExchange(answer.exchange)
      exchanges[answer.exchange] = nil
      if let abort = exchange.abort { loop.cancel(abort) }
      exchange.tell(.answered(head: answer.head, body: answer.body))
      startIdleTimer()
    case .result, .request, .log, .progress, .incoming, .ready, .loadFailed:
      throw ProtocolViolation(
        code: "kind_unexpected", reason: "a transport speaks for an action or a listener")
    }
  }

  private func sentExchange(_ number: UInt32) throws(ProtocolViolation) -> Exchange {
    guard let exchange = exchanges[number], exchange.isSent else {
      throw ProtocolViolation(code: "exchange_unknown", reason: "there is no exchange \(number)")
    }
    return exchange
  }

  func workerIsDoomed(_ worker: WorkerProcess) {}

  var hearsLastWords: Bool { true }

  func workerLastWordsAreLost(_ worker: WorkerProcess) {
    guard self.worker === worker else { return }
    for exchange in exchanges.values where exchange.isSent { exchange.hasLeft = true }
  }

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
    cancelIdleTimer()
    if worker.readySince == 0, death.reason != .ended {
      let failure = worker.loadFailure
        ?? LoadFailure(code: "worker_died_loading", message: death.description)
      pool.backOff.failed(build, failure, now: loop.now)
      return loseAll(
        WorkerDeath(
          pid: death.pid, reason: death.reason, status: death.status, detail: failure.message))
    }
    for number in exchanges.keys.sorted() {
      guard let exchange = exchanges[number], exchange.isSent else { continue }
      tellLater(number, .lost(left: exchange.hasLeft, death))
    }
    move()
  }
}

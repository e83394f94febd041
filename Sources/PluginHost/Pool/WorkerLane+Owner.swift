// SPDX-License-Identifier: Apache-2.0
//
// What a lane hears of its worker.

import Glibc
import WorkerProtocol

extension WorkerLane: WorkerOwner {
  func workerIsReady(_ worker: WorkerProcess) {
    pool.backOff.reset(key.build)
    killedStarts = 0
    lastUsed = loop.now
    watchIdleness()
    pump()
    if isFree { pool.becameFree(self) }
  }

  func workerIsDrained(_ worker: WorkerProcess) {
    pump()
  }

  func worker(
    _ worker: WorkerProcess, said message: WorkerMessage
  ) throws(ProtocolViolation) {
    switch message {
    case .result(let result): try returned(result, worker)
    case .request(let request): try serve(request, worker)
    case .log(let line):
      if let call = try issued(line.call), call.isRunning {
        pool.services?.callLog(call.request, level: line.level, text: line.text)
      }
    case .progress(let progress):
      if let call = try issued(progress.call), call.isRunning {
        pool.services?.callProgress(call.request, json: progress.json)
      }
    case .left, .answered, .incoming, .ready, .loadFailed:
      throw ProtocolViolation(
        code: "kind_unexpected", reason: "an action worker speaks for a transport or a listener")
    }
  }

  /// The open call of a number; nil for one that has ended (a thread of it may have been late).
  ///
  /// **Throws** when there never was a call of this number.
  private func issued(_ number: UInt32) throws(ProtocolViolation) -> PoolCall? {
    guard number != 0, number <= lastNumber else {
      throw ProtocolViolation(code: "call_unknown", reason: "there is no call \(number)")
    }
    return open[number]
  }

  private func returned(
    _ result: ResultMessage, _ worker: WorkerProcess
  ) throws(ProtocolViolation) {
    guard let call = try issued(result.call) else {
      throw ProtocolViolation(code: "call_unknown", reason: "call \(result.call) returned twice")
    }
    switch call.state {
    case .running(let deadline):
      guard call.openExchanges.isEmpty else { return closeReturned(call, result, worker) }
      loop.cancel(deadline)
      pool.finish(
        call, .returned(status: result.status, json: Array(result.json)), egress: .none)
      remove(call)
    case .closing(let closing):
      guard !closing.isOut else {
        throw ProtocolViolation(code: "call_unknown", reason: "call \(result.call) returned twice")
      }
      returnedLate(call)
    case .queued, .ended:
      break
    }
  }

  private func serve(
    _ request: RequestMessage, _ worker: WorkerProcess
  ) throws(ProtocolViolation) {
    guard let call = try issued(request.call) else {
      return reply(
        ServiceReply(status: 9, json: Array(CallClosing.Cause.callEnded.utf8)), to: request.exchange,
        of: request.call, worker)
    }
    guard call.isRunning else { return refuse(request.exchange, of: call, worker) }
    guard call.openExchanges.count < Self.mostExchanges,
      call.openExchanges.insert(request.exchange).inserted
    else {
      throw ProtocolViolation(
        code: "exchange_invalid",
        reason: "exchange \(request.exchange) is open, or over \(Self.mostExchanges) are")
    }
    guard let services = pool.services else {
      let json = #"{"code":"no_services","message":"this host offers no services"}"#
      return answer(ServiceReply(status: 6, json: Array(json.utf8)), request.exchange, call, worker)
    }
    let ask = ServiceRequest(
      call: call.request, exchange: request.exchange, service: request.service,
      json: request.json, body: request.body, deadline: call.due)
    services.serve(ask) { [weak self, weak worker] reply in
      guard let self, let worker else { return }
      answer(reply, request.exchange, call, worker)
    }
  }

  private func answer(
    _ answer: ServiceReply, _ exchange: UInt32, _ call: PoolCall, _ worker: WorkerProcess
  ) {
    loop.assertCurrent()
    guard call.isRunning, call.openExchanges.remove(exchange) != nil else { return }
    reply(answer, to: exchange, of: call.number, worker)
  }

  /// `perform` takes 16 at once, on as many threads as a call likes to have.
  private static let mostExchanges = 256

  // MARK: Its end

  func workerIsDoomed(_ worker: WorkerProcess) {
    guard self.worker === worker else { return }
    for call in sortedOpen where call.isRunning { close(call, .doomed) }
  }

  func workerIsStuck(_ worker: WorkerProcess, _ death: WorkerDeath) {
    guard self.worker === worker else { return }
    pool.becameStuck(worker, death, self)
    leave(worker, death)
  }

  func worker(_ worker: WorkerProcess, ended death: WorkerDeath) {
    if self.worker === worker {
      leave(worker, death)
    }
    pool.isGone(worker, self)
  }

  /// The worker can do nothing more: judges its calls and goes on without it.
  private func leave(_ worker: WorkerProcess, _ death: WorkerDeath) {
    unwatchIdleness()
    let calls = sortedOpen
    let verdicts = judge(calls, worker, death)
    place = .empty
    pool.context.health.served(served, key.health)
    lastNumber = 0
    open = [:]
    for (call, verdict) in zip(calls, verdicts) { workerDied(under: call, verdict) }
    guard worker.readySince == 0, death.reason != .ended else { return pump() }
    let failure = startFailure(worker, death)
    guard death.reason == .signalled, death.status == .signal(SIGKILL),
      killedStarts < Self.mostKilledStarts
    else {
      killedStarts = 0
      return pool.startFailed(self, failure)
    }
    // As with a call inside: SIGKILL says nothing of the plugin, not at once.
    killedStarts += 1
    pool.startWasKilled(self, failure)
  }

  /// A plugin that kills itself with SIGKILL is not tried for ever.
  private static let mostKilledStarts = 3

  private var sortedOpen: [PoolCall] { open.values.sorted { $0.number < $1.number } }

  /// Who is to blame: the one that was inside of the plugin, or nobody yet when several were.
  private func judge(
    _ calls: [PoolCall], _ worker: WorkerProcess, _ death: WorkerDeath
  ) -> [CallVerdict] {
    let inside = suspects(calls, worker, death)
    noteCrash(inside, worker, death)
    let suspects = Set(inside.map(\.number))
    let ids = calls.filter { suspects.contains($0.number) }.map(\.request.id)
    return calls.map { call in
      // One that was closed before ends by its own cause, whatever is said here.
      guard case .closing(let closing) = call.state, case .doomed = closing.cause else {
        return .charged(death)
      }
      let isSuspect = suspects.contains(call.number)
      // SIGKILL comes from outside, from a person or a kernel short of memory, and says nothing
      // of the call inside: it runs again, until it was there too often or alone.
      let isFromOutside =
        death.reason == .signalled && death.status == .signal(SIGKILL) && !key.isAlone
      if isSuspect && suspects.count == 1 && !isFromOutside { return .charged(death) }
      if pool.isStopping { return .collateral(death, suspects: []) }
      let isTooOften = pool.suspicions.noteCollateral(call.request, isSuspect: isSuspect)
      return isTooOften ? .charged(death) : .collateral(death, suspects: isSuspect ? ids : [])
    }
  }

  private func noteCrash(_ inside: [PoolCall], _ worker: WorkerProcess, _ death: WorkerDeath) {
    guard death.isOwnDoing else { return }
    let image = try? plugin.image()
    pool.context.health.crashed(
      PluginHealth.Crash(
        at: loop.now, death: death, hash: key.hash, buildID: image?.buildID,
        calls: inside.map { ($0.request.action, $0.request.key) }), key.health)
  }

  private func suspects(
    _ calls: [PoolCall], _ worker: WorkerProcess, _ death: WorkerDeath
  ) -> [PoolCall] {
    switch death.reason {
    case .exited, .signalled, .violation, .notReading, .closedSocket, .overMemory, .overThreads:
      // Shared memory of a worker: a number counts only if such a call is open.
      let entered = Set(worker.enteredCalls)
      let inside = calls.filter { entered.contains($0.number) }
      // Its only call left the plugin just after the deed, before the host saw it.
      let isDeed = [.exited, .violation, .closedSocket].contains(death.reason)
      return inside.isEmpty && calls.count == 1 && isDeed ? calls : inside
    case .deadline, .cancelled, .startTimeout, .loadFailed, .notSpawned, .notAborting, .ended:
      return []
    }
  }

  private func startFailure(_ worker: WorkerProcess, _ death: WorkerDeath) -> LoadFailure {
    if let failure = worker.loadFailure { return failure }
    let check = "see its log lines; jackfield plugin check \(plugin.folder) shows more"
    if death.reason == .startTimeout {
      return LoadFailure(
        code: "worker_start_timeout",
        message: "plugin \(key.plugin) was not ready within \(pool.context.limits.start): \(check)")
    }
    return LoadFailure(
      code: "worker_died_loading",
      message: "plugin \(key.plugin) took its worker down while it was loaded (\(death)): \(check)")
  }
}

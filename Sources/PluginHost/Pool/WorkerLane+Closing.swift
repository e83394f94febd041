// SPDX-License-Identifier: Apache-2.0
//
// How a call ends that does not return in time: closed, its egress ended, cancelled, its worker
// killed, told. In this order.

import WorkerProtocol

extension WorkerLane {
  /// Closes a running call: from here on no frame of it is served.
  func close(_ call: PoolCall, _ cause: CallClosing.Cause) {
    guard case .running(let deadline) = call.state else { return }
    loop.cancel(deadline)
    call.state = .closing(CallClosing(cause: cause))
    askFate(of: call)
    if case .doomed = cause { return }
    guard let worker else { return }
    refuseOpenExchanges(of: call, worker)
    if let cancel = try? EncodedMessage.bare(.cancel, call: call.number) { worker.send(cancel) }
    let grace = pool.context.schedule(after: pool.context.limits.cancel) { [self] in
      update(call) { $0.isGraceOver = true }
    }
    update(call) { $0.timers.append(grace) }
  }

  /// It returned while requests of it were open: they end first, for nothing of a call leaves the
  /// host after its outcome.
  func closeReturned(_ call: PoolCall, _ result: ResultMessage, _ worker: WorkerProcess) {
    guard case .running(let deadline) = call.state else { return }
    loop.cancel(deadline)
    var closing = CallClosing(cause: .returned(status: result.status, json: Array(result.json)))
    closing.isOut = true
    call.state = .closing(closing)
    refuseOpenExchanges(of: call, worker)
    askFate(of: call)
  }

  /// It returned, though too late to be used.
  func returnedLate(_ call: PoolCall) {
    update(call) { $0.isOut = true }
  }

  /// Its worker is dead.
  func workerDied(under call: PoolCall, _ verdict: CallVerdict) {
    update(call) {
      $0.isOut = true
      $0.verdict = verdict
    }
  }

  /// A request of a closing call is not served, and its thread not left waiting.
  func refuse(_ exchange: UInt32, of call: PoolCall, _ worker: WorkerProcess) {
    guard case .closing(let closing) = call.state else { return }
    let (status, json) = closing.cause.refusal
    reply(
      ServiceReply(status: status, json: Array(json.utf8)), to: exchange, of: call.number, worker)
  }

  func reply(
    _ reply: ServiceReply, to exchange: UInt32, of call: UInt32, _ worker: WorkerProcess
  ) {
    let message = ReplyMessage(
      call: call, exchange: exchange, status: reply.status, json: reply.json[...], body: reply.body)
    do throws(ProtocolViolation) {
      worker.send(try message.encoded())
    } catch {
      let tooLarge = ReplyMessage(
        call: call, exchange: exchange, status: 7,
        json: Array(#"{"code":"too_large","message":"the answer is over 32 MiB"}"#.utf8)[...],
        body: [])
      if let encoded = try? tooLarge.encoded() { worker.send(encoded) }
    }
  }

  private func refuseOpenExchanges(of call: PoolCall, _ worker: WorkerProcess) {
    let exchanges = call.openExchanges
    call.openExchanges = []
    for exchange in exchanges { refuse(exchange, of: call, worker) }
  }

  /// The one place where a closing call changes: what follows from the change follows here.
  func update(_ call: PoolCall, _ change: (inout CallClosing) -> Void) {
    guard case .closing(var closing) = call.state else { return }
    change(&closing)
    call.state = .closing(closing)
    guard let fate = closing.fate else { return }
    if closing.isOut { return finish(call, closing, fate) }
    if closing.isGraceOver { killWorker(of: call) }
  }

  private func killWorker(of call: PoolCall) {
    guard let worker, open[call.number] === call else { return }
    // What it has said already counts: it may have returned, and others too.
    worker.receive(batches: 64)
    guard case .closing(let closing) = call.state, !closing.isOut else { return }
    let action = call.request.action
    if case .cancelled = closing.cause {
      worker.kill(.cancelled, "\(action) did not return after its cancel")
    } else {
      worker.kill(
        .deadline, "\(action) did not return after its timeout of \(call.request.timeout)")
    }
  }

  private func finish(_ call: PoolCall, _ closing: CallClosing, _ fate: EgressFate) {
    for timer in closing.timers { loop.cancel(timer) }
    switch (closing.cause, closing.verdict) {
    case (.returned(let status, let json), _):
      pool.finish(call, .returned(status: status, json: json), egress: fate)
    case (.deadline, _):
      pool.finish(call, .deadline, egress: fate)
    case (.cancelled, _):
      pool.finish(call, .cancelled, egress: fate)
    case (.doomed, .charged(let death)?):
      pool.finish(call, .crashed(death), egress: fate)
    case (.doomed, .collateral(let death, let suspects)?):
      let outcome: CallEnd.Outcome = pool.isStopping ? .cancelled : .collateral(death)
      pool.finish(call, outcome, egress: fate, suspects: suspects)
    case (.doomed, nil):
      // It had returned a moment before its worker died, after it was closed: nobody's fault.
      let death = WorkerDeath(pid: call.workerPid, reason: .ended, status: .unknown)
      pool.finish(call, .collateral(death), egress: fate)
    }
    remove(call)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Scripted workers: they answer now, late, twice or never; what they send goes by the ledger.

import Engine
import HostServices
import Pipeline
import Store
import Values

/// An open call of a scripted worker.
struct SimulatedCall {
  enum Stage {
    /// The intent is being written.
    case asking
    /// What it sent has left, or it has nothing to send.
    case running
    case ended
  }

  let order: CallOrder
  let action: SimulatedAction
  var stage: Stage
  var hasLeft = false
  var writes: [RecordWrite] = []
  var effects: [RunEffect] = []

  /// One request a call, under the same key whenever the call is made again.
  var key: String { "key-\(order.run)-\(order.place)" }
}

extension World {
  func call(_ order: CallOrder) {
    guard let action = SimulatedAction(order.plan.action) else { return }
    let known = facts[order.run]
    let resource = action == .lock ? order.plan.parameters["resource"]?.asText : nil
    witness.called(order, line: known?.line, resource: resource.map(World.resourceID))
    judge(order)
    if action == .meter {
      witness.metered(order, at: clock.passed)
      if isMeterDisabled { witness.object("run \(order.run) calls a plugin that is disabled") }
    }
    note("call", order.run.rawValue, "\(order.place) \(order.ordinal)")
    let number = order.attempt.value
    calls[number] = SimulatedCall(order: order, action: action, stage: .running)
    openCalls.append(number)
    if action.isEgress { ask(number) }
    if action == .count || action == .tally { write(number) }
  }

  /// What a reference to a resource leads to: it has a name and an id.
  static func resourceID(_ reference: String) -> String {
    switch reference {
    case "one": "1"
    case "two": "2"
    default: reference
    }
  }

  private func judge(_ order: CallOrder) {
    guard let known = facts[order.run] else { return }
    var hops = 0
    var origin = known.origin
    while let next = origin {
      hops += 1
      origin = facts[next]?.origin
    }
    if hops > 10 { witness.object("run \(order.run) was routed \(hops) times") }
    if known.kind == .plain { witness.entered(order.run, .plain, atMost: 2) }
    guard known.kind == .elements, known.parent == nil else { return }
    let children = facts.filter { $0.value.parent == order.run }.keys.sorted()
    for child in children where !witness.isOver(child) {
      // It may have ended before a crash without anybody being told. A disk that has failed since
      // the commit which this order follows says nothing.
      let row: RunRow?
      do throws(StoreError) {
        row = try store.readAndWait { read throws(StoreError) in try read.runGet(child) }
      } catch {
        return
      }
      if row?.state.isTerminal == true || removable[child] != nil { continue }
      witness.object("run \(order.run) goes on before its element's run \(child) has ended")
    }
  }

  // MARK: requests

  /// Before a request: whoever may have sent it before is looked up.
  private func ask(_ number: UInt64) {
    guard let call = calls[number] else { return }
    let (run, key) = (call.order.run, call.key)
    var row: EgressRow?
    if call.order.mayHaveSent, fault != .ledgerIgnored {
      let read = try? store.readAndWait { read throws(StoreError) in
        try read.egressGet(run, attempt: key, request: 1)
      }
      // The ledger cannot be asked now: the call fails, nothing was sent.
      guard let read else { return end(number, .outcome(World.unavailable)) }
      row = read
    }
    guard let row else { return intend(number) }
    if row.state == .answered {
      calls[number]?.stage = .running
    } else if call.order.plan.effect.mayRepeat || call.order.isResend {
      depart(number)
    } else {
      let failure = ActionFailure(
        .unknownOutcome, code: "interrupted", message: "it may have been carried out")
      end(number, .outcome(.unknown(failure)))
    }
  }

  private func intend(_ number: UInt64) {
    guard let call = calls[number] else { return }
    calls[number]?.stage = .asking
    let (run, key, effect) = (call.order.run, call.key, call.order.plan.effect)
    let mayBeThere = fault == .ledgerIgnored
    store.write { write throws(StoreError) in
      if mayBeThere { try write.egressWithdraw(run, attempt: key, request: 1) }
      if mayBeThere, try write.egressGet(run, attempt: key, request: 1) != nil { return true }
      try write.egressIntent(run, attempt: key, request: 1, effect: effect, digest: "")
      return true
    } completion: { [self] in intended(number, $0) }
  }

  private func intended(_ number: UInt64, _ result: Result<Bool, StoreError>) {
    guard case .asking? = calls[number]?.stage else { return }
    switch result {
    case .success: depart(number)
    case .failure: end(number, .outcome(World.unavailable))
    }
  }

  /// The first byte reaches the peer.
  private func depart(_ number: UInt64) {
    guard let call = calls[number] else { return }
    // One in five never gets a connection: the intent is taken back.
    if random.once(in: 5) {
      let (run, key) = (call.order.run, call.key)
      store.write { write throws(StoreError) in
        try write.egressWithdraw(run, attempt: key, request: 1)
      } completion: { _ in }
      return end(number, .outcome(World.unavailable))
    }
    calls[number]?.stage = .running
    calls[number]?.hasLeft = true
    note("sent", call.order.run.rawValue)
    outside.requests.append(
      SentRequest(
        run: call.order.run, place: call.order.place, effect: call.order.plan.effect,
        journalled: journalled[call.order.run] ?? 0, isResend: call.order.isResend))
    let sent = outside.count(of: call.order.run, call.order.place)
    if call.order.plan.effect == .atMostOnce, sent > 1 {
      witness.object("run \(call.order.run) sent \(call.order.place) \(sent) times")
    }
  }

  // MARK: answers

  /// Some worker answers, or an answer comes once more; false when nothing is open.
  @discardableResult
  func answer() -> Bool {
    if !resolves.isEmpty, random.once(in: 2) || openCalls.isEmpty { return resolve() }
    if !echoes.isEmpty, random.once(in: 4) || openCalls.isEmpty {
      let (run, attempt, report) = echoes.removeFirst()
      feed(.ended(run, attempt: attempt, report))
      return true
    }
    let answering = openCalls.filter { calls[$0]?.stage.isRunning == true }
    guard !answering.isEmpty else { return false }
    let number = random.pick(answering)
    guard let call = calls[number] else { return false }
    clock.advance(byMS: random.below(50))
    end(number, report(call))
    return true
  }

  private func resolve() -> Bool {
    let order = resolves.remove(at: random.below(resolves.count))
    var ids: [String: [String]] = [:]
    for part in order.parts {
      let name = part.value.asText ?? ""
      ids[part.parameter] = [fault == .serialKeyByName ? name : World.resourceID(name)]
    }
    feed(.resolved(order.run, order.attempt, .success(ids)))
    return true
  }

  static let unavailable = ActionOutcome.failed(
    ActionFailure(.unavailable, code: "connection_refused", message: "nothing was sent"))

  private func report(_ call: SimulatedCall) -> CallReport {
    switch random.below(isResting ? 60 : 20) {
    case 0 where !call.hasLeft: return .outcome(World.unavailable)
    case 1 where !call.hasLeft: return .collateral(reason: "a neighbour was killed")
    case 2:
      return .outcome(
        .failed(ActionFailure(.failed, code: "rejected", message: "the peer says no")))
    case 3, 4:
      if call.hasLeft, !call.order.plan.effect.mayRepeat {
        return .outcome(
          .unknown(ActionFailure(.unknownOutcome, code: "lost", message: "no answer came")))
      }
      return .outcome(
        .timeout(ActionFailure(.timeout, code: "timeout", message: "it took too long")))
    case 5 where isStopping: return .interrupted
    default: return succeed(call)
    }
  }

  private func succeed(_ call: SimulatedCall) -> CallReport {
    if call.hasLeft { recordAnswer(call) }
    switch call.action {
    case .route: return route(call)
    case .cancel: return cancelDelays(call)
    case .enter: return enter(call)
    // What was sent is told of later, if ever.
    case .send where random.once(in: 4), .post where random.once(in: 4):
      let within = Duration.seconds(1 + random.below(60))
      outside.awaited.append(SentPlace(run: call.order.run, place: call.order.place))
      // The provider may be faster than its own answer.
      if random.once(in: 3) { tell(call.order.run, call.order.place) }
      return .waits(NewsWait(result: ["ok": true], count: 1, within: within))
    default: return .outcome(.succeeded(["ok": true]))
    }
  }

  private func recordAnswer(_ call: SimulatedCall) {
    let (run, key) = (call.order.run, call.key)
    store.write { write throws(StoreError) in
      try write.egressAnswered(run, attempt: key, request: 1, response: Array("{}".utf8))
    } completion: { _ in }
  }

  func end(_ number: UInt64, _ report: CallReport) {
    guard let call = calls[number] else { return }
    calls[number]?.stage = .ended
    openCalls.removeAll { $0 == number }
    switch report {
    case .outcome, .waits: break
    case .collateral, .interrupted: calls[number] = nil
    }
    if random.once(in: 8) { echoes.append((call.order.run, call.order.attempt, report)) }
    note("answer", call.order.run.rawValue, "\(report)")
    feed(.ended(call.order.run, attempt: call.order.attempt, report))
  }
}

extension SimulatedCall.Stage {
  var isRunning: Bool { if case .running = self { true } else { false } }
}

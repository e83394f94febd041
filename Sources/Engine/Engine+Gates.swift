// SPDX-License-Identifier: Apache-2.0
// What stands between a call and its plugin.
//
// A run stands at one gate at a time and passes them in the order of `Gate`: rates, locks, breaker,
// concurrency. It gives nothing back while it waits, and there is no circle in that: tokens come
// with time, and who holds a lock needs only what stands behind the lock.
import Pipeline
import Values

extension Engine {
  /// What a gate says.
  enum Passage {
    case open
    /// It stands in a line now.
    case waits
    case fails(ActionFailure)
  }

  /// Begins with a plan: looks up what its keys refer to, then goes through the gates.
  mutating func enter(_ id: RunID, _ plan: CallPlan) {
    guard let project = runs[id]?.project else { return }
    var call = Call(plan, mayHaveSent: runs[id]?.mayHaveSent ?? true)
    let parts = plan.serialKeys.filter { $0.reference != nil }
    guard !parts.isEmpty, !faults.contains(.skipsSerialKeys) else {
      return enter(id, call, ids: [:])
    }
    call.attempt = nextAttempt()
    let attempt = call.attempt
    move(id, to: .resolving(call))
    output.append(
      .resolve(ResolveOrder(run: id, project: project, attempt: attempt, parts: parts)))
  }

  mutating func resolved(
    _ id: RunID, _ attempt: AttemptNumber, _ result: Result<[String: [String]], ActionFailure>
  ) {
    guard case .resolving(let call)? = runs[id]?.phase, call.attempt == attempt else { return }
    guard !isStopping else { return move(id, to: .held) }
    move(id, to: .decided)
    switch result {
    case .success(let ids): enter(id, call, ids: ids)
    case .failure(let failure): conclude(id, call, ActionOutcome(failure: failure), attempt: nil)
    }
  }

  private mutating func enter(_ id: RunID, _ resolved: Call, ids: [String: [String]]) {
    guard let project = runs[id]?.project else { return }
    var call = resolved
    if !call.plan.serialKeys.isEmpty, !faults.contains(.skipsSerialKeys) {
      do throws(ActionFailure) {
        call.keys = try SerialKey.keys(
          of: call.plan, in: project, ids: ids, atMost: limits.serialKeys)
      } catch {
        return conclude(id, call, .failed(error), attempt: nil)
      }
    }
    // A back-off that a restart interrupted goes on; a clock set back must not make it longer.
    if let retryAt = call.plan.earlier?.retryAt, retryAt.milliseconds > now.wall {
      let longest = now.monotonic + call.plan.policy.retry.budget.nanoseconds
      return backOff(id, call, until: min(now.monotonic(of: retryAt.milliseconds), longest))
    }
    pass(id, call, from: .disabled)
  }

  /// Goes through the gates from this one on, as far as they are open.
  mutating func pass(_ id: RunID, _ entering: Call, from first: Gate) {
    var call = entering
    var gate = first
    while true {
      switch knock(id, &call, at: gate) {
      case .open:
        guard let next = gate.next else { return order(id, call) }
        gate = next
      case .waits: return move(id, to: .gated(call, gate))
      case .fails(let failure): return conclude(id, call, .failed(failure), attempt: nil)
      }
    }
  }

  private mutating func knock(_ id: RunID, _ call: inout Call, at gate: Gate) -> Passage {
    guard let project = runs[id]?.project else { return .waits }
    switch gate {
    case .disabled: return knockDisabled(id, call, project)
    case .credentialRate:
      guard let credential = call.plan.credential else { return .open }
      return knockRate(id, call.plan, .credential(project, credential))
    case .pluginRate:
      guard call.plan.policy.rate != nil else { return .open }
      return knockRate(id, call.plan, .plugin(project, call.plan.action.plugin))
    case .channelPace:
      guard let pace = call.plan.pace else { return .open }
      return knockRate(id, call.plan, .channel(project, pace.channel))
    case .lock:
      if call.keys.isEmpty || call.holdsKeys { return .open }
      call.holdsKeys = locks.request(id, call.keys)
      return call.holdsKeys ? .open : .waits
    case .breaker:
      // None is kept while everything goes well.
      if breakerGates.isEmpty { return .open }
      return knockBreaker(
        id, BreakerKey(project, call.plan.action.plugin, call.plan.credential))
    case .concurrency:
      guard let limit = call.plan.policy.concurrency else { return .open }
      let key = PluginKey(project: project, plugin: call.plan.action.plugin)
      return pluginGates[key, default: FIFOGate()].enter(id, limit: limit) ? .open : .waits
    }
  }

  /// Lets a run pass that stands at this gate, now that it is open for it.
  mutating func letPass(_ id: RunID, _ gate: Gate) {
    guard case .gated(var call, gate)? = runs[id]?.phase else { return }
    if gate == .lock { call.holdsKeys = true }
    move(id, to: .decided)
    guard let next = gate.next else { return order(id, call) }
    pass(id, call, from: next)
  }

  // MARK: disabled plugins

  private mutating func knockDisabled(
    _ id: RunID, _ call: Call, _ project: ProjectID
  ) -> Passage {
    if projects[project]?.allows(call.plan.action) == true { return .open }
    let rules = projects[project] ?? ProjectRules()
    if !rules.isPaused {
      guard let refusal = rules.refusal(of: call.plan.action) else { return .open }
      guard call.plan.policy.whenDisabled == .wait else { return .fails(refusal) }
    }
    // The plan is made anew afterwards, and what it may have sent must not be forgotten.
    if call.mayHaveSent { runs[id]?.mayHaveSent = true }
    disabled[project, default: WaitLine()].append(id)
    return .waits
  }

  mutating func configure(_ project: ProjectID, _ rules: ProjectRules) {
    let wasPaused = isPaused(project)
    projects[project] = rules
    if rules.isPaused != wasPaused { pauseChanged(project, isPaused: rules.isPaused) }
    // Each looks again: some may wait for another plugin.
    guard !rules.isPaused, var line = disabled.removeValue(forKey: project) else { return }
    while let id = line.popFirst() {
      guard case .gated(let call, .disabled)? = runs[id]?.phase else { continue }
      guard rules.refusal(of: call.plan.action) == nil else {
        disabled[project, default: WaitLine()].append(id)
        continue
      }
      // The plugin may be another version now, with other parameters: the plan is made anew.
      if call.holdsKeys { letPass(id, .disabled) } else { decide(id) }
    }
  }

  // MARK: rates

  private mutating func knockRate(_ id: RunID, _ plan: CallPlan, _ key: BucketKey) -> Passage {
    guard let rate = key.rate(of: plan) else { return .open }
    let isFree = rates[key]?.line.isEmpty ?? true
    if isFree, rates[key, default: RateGate()].bucket.take(rate, at: now.monotonic) { return .open }
    guard plan.policy.onLimit == .wait || key.gate == .channelPace else {
      return .fails(
        ActionFailure(.rateLimited, code: "rate_limit", message: "Rate Limit Exceeded"))
    }
    rates[key, default: RateGate()].line.append(id)
    if isFree { awaitToken(key, rate) }
    return .waits
  }

  private mutating func awaitToken(_ key: BucketKey, _ rate: RatePolicy) {
    guard let gate = rates[key] else { return }
    let time = gate.bucket.next(rate, at: now.monotonic)
    if let timerAt = gate.timerAt, timerAt <= time { return }
    rates[key]?.timerAt = time
    timers.add(.rate(key), at: time)
  }

  /// Hands tokens to those who wait, as long as there are some.
  mutating func handTokens(_ key: BucketKey) {
    if let timerAt = rates[key]?.timerAt, timerAt <= now.monotonic { rates[key]?.timerAt = nil }
    let gate = key.gate
    while !isStopping, let id = rates[key]?.line.first {
      guard case .gated(let call, gate)? = runs[id]?.phase, let rate = key.rate(of: call.plan) else {
        rates[key]?.line.remove(id)
        continue
      }
      guard rates[key]?.bucket.take(rate, at: now.monotonic) == true else {
        return awaitToken(key, rate)
      }
      rates[key]?.line.remove(id)
      letPass(id, gate)
    }
  }

  // MARK: locks and concurrency

  /// Gives back the serial keys of a run, held or asked for.
  mutating func release(locksOf id: RunID) {
    for next in locks.release(id) { letLock(next) }
  }

  private mutating func letLock(_ id: RunID) {
    guard !isStopping else { return }
    letPass(id, .lock)
  }

  mutating func leavePlugin(_ id: RunID, _ project: ProjectID, _ plan: CallPlan) {
    guard !pluginGates.isEmpty else { return }
    let key = PluginKey(project: project, plugin: plan.action.plugin)
    guard let admitted = pluginGates[key]?.leave(id) else { return }
    if pluginGates[key]?.isEmpty == true { pluginGates[key] = nil }
    guard !isStopping else { return }
    for next in admitted { letPass(next, .concurrency) }
  }

  // MARK: leaving

  /// Takes a call out of whatever it waits for, and gives back what it holds but its locks, which
  /// are held until the end is on disk.
  mutating func abandon(_ id: RunID, _ call: Call, at gate: Gate?) {
    guard let project = runs[id]?.project else { return }
    switch gate {
    case .disabled: disabled[project]?.remove(id)
    case .credentialRate:
      if let name = call.plan.credential { rates[.credential(project, name)]?.line.remove(id) }
    case .pluginRate: rates[.plugin(project, call.plan.action.plugin)]?.line.remove(id)
    case .channelPace:
      if let pace = call.plan.pace { rates[.channel(project, pace.channel)]?.line.remove(id) }
    case .lock: release(locksOf: id)
    case .breaker, .concurrency, nil: break
    }
    leavePlugin(id, project, call.plan)
    leaveBreaker(id, BreakerKey(project, call.plan.action.plugin, call.plan.credential))
  }
}

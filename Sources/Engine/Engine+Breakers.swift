// SPDX-License-Identifier: Apache-2.0
// Runs that wait for a peer that does not answer.
import Pipeline

extension Engine {
  mutating func knockBreaker(_ id: RunID, _ key: BreakerKey) -> Passage {
    guard breakerGates[key] != nil else { return .open }
    // Those who wait already go first.
    let isFirst = breakerGates[key]?.line.isEmpty ?? true
    let admission = isFirst ? breakerGates[key]?.breaker.admit(id, at: now.monotonic) : nil
    switch admission {
    case .go: return .open
    case .probe:
      tell(key)
      return .open
    case .wait(let until?):
      breakerGates[key]?.line.append(id)
      timers.add(.breaker(key), at: until)
    case .wait(nil), nil: breakerGates[key]?.line.append(id)
    }
    return .waits
  }

  /// Tells the breaker what became of a call.
  mutating func judge(_ id: RunID, _ project: ProjectID, _ plan: CallPlan, _ outcome: ActionOutcome) {
    let isFailure = outcome.isTransportFailure
    guard isFailure || !breakerGates.isEmpty else { return }
    let key = BreakerKey(project, plan.action.plugin, plan.credential)
    guard breakerGates[key] != nil || isFailure else { return }
    let before = breakerGates[key]?.breaker.state ?? .closed(failures: 0)
    breakerGates[key, default: BreakerGate()].breaker.report(
      id, isFailure: isFailure, plan.policy.breaker, at: now.monotonic)
    changed(key, from: before)
  }

  /// A run that was let in as the probe goes without a verdict, or leaves the line.
  mutating func leaveBreaker(_ id: RunID, _ key: BreakerKey) {
    guard let before = breakerGates[key]?.breaker.state else { return }
    breakerGates[key]?.line.remove(id)
    breakerGates[key]?.breaker.abandon(id, at: now.monotonic)
    changed(key, from: before)
  }

  mutating func resetBreaker(_ key: BreakerKey) {
    guard let before = breakerGates[key]?.breaker.state else { return }
    breakerGates[key]?.breaker.reset()
    changed(key, from: before)
  }

  /// Lets the first in line probe, once the time of an open breaker is over.
  mutating func probe(_ key: BreakerKey) {
    guard !isStopping, case .open(let until, _)? = breakerGates[key]?.breaker.state else { return }
    guard let id = breakerGates[key]?.line.first else { return }
    guard until <= now.monotonic else { return timers.add(.breaker(key), at: until) }
    breakerGates[key]?.line.remove(id)
    guard case .probe? = breakerGates[key]?.breaker.admit(id, at: now.monotonic) else { return }
    tell(key)
    letPass(id, .breaker)
  }

  private mutating func changed(_ key: BreakerKey, from before: Breaker.State) {
    guard let state = breakerGates[key]?.breaker.state, state != before else { return }
    switch (before, state) {
    case (.closed, .closed):
      forget(key)
      return
    case (_, .closed):
      tell(key)
      while !isStopping, let id = breakerGates[key]?.line.popFirst() { letPass(id, .breaker) }
      forget(key)
    case (_, .open(let until, _)):
      tell(key)
      if breakerGates[key]?.line.isEmpty == false { timers.add(.breaker(key), at: until) }
    case (_, .probing): tell(key)
    }
  }

  private mutating func forget(_ key: BreakerKey) {
    guard let gate = breakerGates[key], gate.breaker.isIdle, gate.line.isEmpty else { return }
    breakerGates[key] = nil
  }

  private mutating func tell(_ key: BreakerKey) {
    guard let state = breakerGates[key]?.breaker.state else { return }
    output.append(.breaker(key, BreakerState(state, at: now)))
  }
}

extension BreakerState {
  init(_ state: Breaker.State, at now: EngineTime) {
    switch state {
    case .closed: self = .closed
    case .open(let until, _): self = .open(until: now.wall(of: until))
    case .probing(let run, _): self = .probing(run)
    }
  }
}

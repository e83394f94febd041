// SPDX-License-Identifier: Apache-2.0
// Whether a plugin is called at all while its peer does not answer.
import Pipeline

/// A breaker: after so many failures of the way there in a row nobody goes; after a while one does,
/// and decides for the others.
///
///     closed ──N failures in a row──▶ open ──its time is over, one asks──▶ probing
///       ▲                              ▲  the wait doubles, up to a maximum  │
///       │                              └────────────failure─────────────────┤
///       └───────────────────────── success, or a reset ─────────────────────┘
struct Breaker: Sendable, Hashable {
  enum State: Sendable, Hashable {
    /// Moved out by `report`.
    case closed(failures: Int)
    /// Nobody goes before `until`; moved out by the first `admit` from then on, or by `reset`.
    case open(until: UInt64, backOff: UInt64)
    /// One run is on its way. Moved out by its `report`, by `abandon` and by `reset`.
    case probing(RunID, backOff: UInt64)
  }

  /// What a run that wants to go is told.
  enum Admission: Sendable, Hashable {
    case go
    /// It goes alone, and what becomes of it decides.
    case probe
    /// Until then, or until the probe is back.
    case wait(until: UInt64?)
  }

  private(set) var state: State = .closed(failures: 0)

  init() {}

  /// As it was before a restart.
  init(openUntil until: UInt64, backOff: UInt64) {
    state = .open(until: until, backOff: backOff)
  }

  /// Whether it says nothing: then it need not be kept.
  var isIdle: Bool { state == .closed(failures: 0) }

  mutating func admit(_ run: RunID, at now: UInt64) -> Admission {
    switch state {
    case .closed: return .go
    case .open(let until, let backOff):
      guard until <= now else { return .wait(until: until) }
      state = .probing(run, backOff: backOff)
      return .probe
    case .probing(let probe, _): return probe == run ? .probe : .wait(until: nil)
    }
  }

  /// What became of a call. While it is open only the probe has a say: the others began before.
  mutating func report(
    _ run: RunID, isFailure: Bool, _ policy: BreakerPolicy, at now: UInt64
  ) {
    switch state {
    case .closed(let failures):
      guard isFailure else { return state = .closed(failures: 0) }
      guard failures + 1 >= max(1, policy.opensAfter) else {
        return state = .closed(failures: failures + 1)
      }
      let wait = min(policy.probeAfter.nanoseconds, policy.maxBackOff.nanoseconds)
      state = .open(until: now + wait, backOff: wait)
    case .open: break
    case .probing(run, let backOff):
      guard isFailure else { return state = .closed(failures: 0) }
      let longest = max(policy.maxBackOff.nanoseconds, policy.probeAfter.nanoseconds)
      let wait = min(backOff.multipliedReportingOverflow(by: 2).partialValue, longest)
      state = .open(until: now + wait, backOff: wait)
    case .probing: break
    }
  }

  /// The probe ended without a verdict (it was cancelled, or lost its place): the next one tries.
  mutating func abandon(_ run: RunID, at now: UInt64) {
    if case .probing(run, let backOff) = state { state = .open(until: now, backOff: backOff) }
  }

  mutating func reset() {
    state = .closed(failures: 0)
  }
}

extension ActionOutcome {
  /// Whether this speaks against the way to the peer, and not for what the peer answered.
  ///
  /// A fate that is not known means that something left and nothing came back; not so where the end
  /// of this host is why.
  var isTransportFailure: Bool {
    switch failure?.class {
    case .unknownOutcome where failure?.code == "interrupted": false
    case .unavailable, .timeout, .unknownOutcome: true
    default: false
    }
  }
}

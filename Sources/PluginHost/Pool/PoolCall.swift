// SPDX-License-Identifier: Apache-2.0
//
// A call inside of the pool: its states, and what each holds.

import Pipeline

/// Where a call is, and who moves it in and out.
///
/// - `queued`: in by `submit`; out when its frame is sent, by a cancel, or when there is no worker.
/// - `running`: in when its frame was sent; out by its result, its deadline, a cancel, or because
///   its worker is doomed.
/// - `closing`: in by one of the last three, or by its result while requests of it are open; out
///   when its egress is known *and* it can do nothing more: it returned, or its worker is dead.
/// - `ended`: in by its result, or by both of the above; `ended` is told, once.
///
/// Only a running call is served. A closing call that returns late stays closing until its egress
/// is known; that result is not used.
enum CallState {
  case queued
  case running(deadline: TimerToken)
  case closing(CallClosing)
  case ended
}

/// What must be known before a closing call has ended.
struct CallClosing {
  /// Why it was closed. The first reason stays.
  enum Cause {
    case deadline, cancelled, doomed
    /// It returned while requests of it were open; the result is kept until their fate is known.
    case returned(status: Int32, json: [UInt8])
  }

  let cause: Cause
  /// How far its requests got; nil until the services said so, or had a second to.
  var fate: EgressFate?
  /// It can do nothing more: it returned, or its worker is dead.
  var isOut = false
  /// The cancel's grace is over: if it is not out, its worker is killed.
  var isGraceOver = false
  /// What the end of its worker means for it.
  var verdict: CallVerdict?
  var timers: [TimerToken] = []
}

/// What the end of a worker means for one of its calls.
enum CallVerdict {
  case charged(WorkerDeath)
  case collateral(WorkerDeath, suspects: [UInt64])
}

/// One submission, from `submit` to its end.
///
/// **Isolation** the loop's thread.
final class PoolCall {
  let request: CallRequest
  let tell: (CallEnd) -> Void
  var state = CallState.queued
  /// Its number in its worker; 0 while queued.
  var number: UInt32 = 0
  /// **Unit** nanoseconds of the monotonic clock.
  var started: UInt64 = 0
  /// When it is closed if it has not returned; counted from `started`.
  var due: UInt64 { started.addingReportingOverflow(request.timeout.nanoseconds).partialValue }
  var workerPid: Int32 = 0
  /// The requests of it that are with the services.
  var openExchanges: Set<UInt32> = []
  weak var lane: (any CallLane)?

  init(_ request: CallRequest, _ tell: @escaping (CallEnd) -> Void) {
    self.request = request
    self.tell = tell
  }

  var isQueued: Bool { if case .queued = state { true } else { false } }
  var isRunning: Bool { if case .running = state { true } else { false } }
  var isEnded: Bool { if case .ended = state { true } else { false } }

  /// The last transition. Answers what is to be told, once.
  func end(
    _ outcome: CallEnd.Outcome, egress: EgressFate, suspects: [UInt64] = [], at now: UInt64
  ) -> CallEnd {
    precondition(!isEnded, "a call ended twice")
    state = .ended
    return CallEnd(
      outcome: outcome, egress: egress, started: started, ended: now, workerPid: workerPid,
      pluginHash: request.plugin.hash, suspects: suspects)
  }
}

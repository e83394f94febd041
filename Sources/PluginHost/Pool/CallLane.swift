// SPDX-License-Identifier: Apache-2.0
//
// Where a call is worked on: in a worker, or inside of the host.

/// What the pool asks of whoever has a call.
///
/// **Isolation** the loop's thread.
protocol CallLane: AnyObject {
  var pool: WorkerPool { get }

  /// Closes a running call: from here on no request of it is served, and it is told soon.
  func close(_ call: PoolCall, _ cause: CallClosing.Cause)

  /// One of the calls that wait has just ended.
  func noteCancelled()

  /// The one place where a closing call changes: what follows from the change follows there.
  func update(_ call: PoolCall, _ change: (inout CallClosing) -> Void)
}

extension CallLane {
  /// Asks what became of the requests of a closing call; where no answer comes in time, they count
  /// as having left.
  func askFate(of call: PoolCall) {
    guard let services = pool.services else { return update(call) { $0.fate = EgressFate.none } }
    let late = pool.context.schedule(after: pool.context.limits.egress) { [self] in
      update(call) { if $0.fate == nil { $0.fate = .left } }
    }
    update(call) { $0.timers.append(late) }
    services.endEgress(of: call.request) { [self] fate in
      update(call) { if $0.fate == nil { $0.fate = fate } }
    }
  }
}

extension CallClosing.Cause {
  /// What a request of a call that was closed for this is told: a `jf_status` and JSON.
  var refusal: (status: Int32, json: String) {
    switch self {
    case .returned: (9, Self.callEnded)
    case .cancelled: (6, #"{"code":"cancelled","message":"the call was cancelled"}"#)
    case .deadline, .doomed: (6, #"{"code":"deadline","message":"the call's time is over"}"#)
    }
  }

  /// What a request of a call that has returned is told.
  static let callEnded = #"{"code":"call_ended","message":"the call has returned"}"#
}

// SPDX-License-Identifier: Apache-2.0
//
// Where a call is worked on: in a worker, or inside of the host.

/// What the pool asks of whoever has a call.
///
/// **Isolation** the loop's thread.
protocol CallLane: AnyObject {
  /// Closes a running call: from here on no request of it is served, and it is told soon.
  func close(_ call: PoolCall, _ cause: CallClosing.Cause)

  /// One of the calls that wait has just ended.
  func noteCancelled()
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

// SPDX-License-Identifier: Apache-2.0
//
// How a call ended.

/// The end of a call: delivered once, after which nothing of the call happens any more.
package struct CallEnd: Sendable {
  /// What became of it, in full.
  package enum Outcome: Sendable {
    /// The plugin returned. `status` is a `jf_status`; `json` the result, or the error's object
    /// `{code, message, provider_code?, retry_after_ms?, detail?}`.
    case returned(status: Int32, json: [UInt8])
    /// It did not return within its timeout; its worker is dead unless it returned late.
    case deadline
    /// It took its worker down.
    case crashed(WorkerDeath)
    /// Its worker was taken down by another call, or by nobody that can be named: may run again
    /// when `egress` is none.
    case collateral(WorkerDeath)
    /// It never ran: there is no worker for its plugin.
    case notStarted(LoadFailure)
    /// It was cancelled by `WorkerPool.cancel`, or by the end of the host.
    case cancelled
  }

  package let outcome: Outcome
  /// Of a call that returned: `none` unless requests of it were still open, which were ended then;
  /// what was answered before, the services know.
  package let egress: EgressFate
  /// When its frame was sent. **Unit** nanoseconds of the monotonic clock; 0 when it never was.
  package let started: UInt64
  /// **Unit** nanoseconds of the monotonic clock.
  package let ended: UInt64
  /// The process it ran in; 0 when it never ran.
  package let workerPid: Int32
  package let pluginHash: String
  /// After a crash with several calls entered: the ids of all of them, this one included.
  package let suspects: [UInt64]

  package init(
    outcome: Outcome, egress: EgressFate, started: UInt64, ended: UInt64, workerPid: Int32,
    pluginHash: String, suspects: [UInt64] = []
  ) {
    self.outcome = outcome
    self.egress = egress
    self.started = started
    self.ended = ended
    self.workerPid = workerPid
    self.pluginHash = pluginHash
    self.suspects = suspects
  }
}

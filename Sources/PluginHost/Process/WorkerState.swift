// SPDX-License-Identifier: Apache-2.0
//
// The states of a worker process and who moves it from one to the next.

/// Where a worker is in its life, and who moves it in and out.
///
/// - `spawning`: in by its owner, who wants one; out by the spawner's answer.
/// - `loading`: in when the process exists and hello was sent; out by its `ready` or `load_failed`,
///   its death, or the start timeout.
/// - `ready`: in by its `ready`; out by its owner (`retire`), a kill, or its death.
/// - `retiring`: in when `stop` was sent, after which nothing new is; out by its exit, or by a kill
///   when it takes too long.
/// - `dying`: in by a kill, whose reason is decided; out when its pidfd says that it is dead, or
///   after two seconds without, to `stuck`.
/// - `stuck`: killed, and the kernel does not let it go; out by its pidfd.
/// - `gone`: reaped, or never there.
///
/// From `dying` on nothing is sent to it, and nothing it says is heard; only what a transport had
/// said of its exchanges is read once more when it is dead.
enum WorkerState {
  case spawning
  case loading
  case ready
  case retiring
  case dying(WorkerVerdict)
  case stuck(WorkerVerdict)
  case gone(WorkerDeath)

  /// Whether what it says counts.
  var isHeard: Bool {
    switch self {
    case .loading, .ready, .retiring: true
    case .spawning, .dying, .stuck, .gone: false
    }
  }

  var name: String {
    switch self {
    case .spawning, .loading: "starting"
    case .ready: "ready"
    case .retiring: "closing"
    case .dying: "ending"
    case .stuck: "worker_stuck"
    case .gone: "gone"
    }
  }
}

/// Why the host killed a worker.
struct WorkerVerdict {
  let reason: WorkerDeath.Reason
  let detail: String
}

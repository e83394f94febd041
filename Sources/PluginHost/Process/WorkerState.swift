// SPDX-License-Identifier: Apache-2.0
//
// The states of a worker process and who moves it from one to the next.

/// Where a worker is in its life.
///
/// | state      | entered by                                   | left by |
/// |------------|----------------------------------------------|---------|
/// | `spawning` | its owner, who wants one                     | the spawner's answer |
/// | `loading`  | the process exists, hello was sent           | `ready`, `load_failed`, its death, the start timeout |
/// | `ready`    | the worker's `ready`                         | its owner (`retire`), a kill, its death |
/// | `retiring` | `stop` was sent; nothing new is sent         | its exit; a kill when it takes too long |
/// | `dying`    | a kill, with the reason decided              | the pidfd: it was reaped; two seconds without: `stuck` |
/// | `stuck`    | killed, and the kernel does not let it go    | the pidfd |
/// | `gone`     | reaped, or never there                       | - |
///
/// From `dying` on nothing it says is heard and nothing is sent to it.
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

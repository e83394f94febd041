// SPDX-License-Identifier: Apache-2.0
//
// How a worker process ended, as runs, logs and the status show it.

/// The end of a worker: who it was, why, and what the system said.
package struct WorkerDeath: Sendable, Hashable, CustomStringConvertible {
  /// Why it ended. The raw value is stable: stored, logged, matched.
  package enum Reason: String, Sendable, Hashable {
    /// It ended by itself with a status.
    case exited
    /// A signal that the host did not send ended it.
    case signalled
    /// The host killed it because a call was over its deadline.
    case deadline
    /// The host killed it because a cancelled call did not return.
    case cancelled
    /// It broke the protocol (`detail` says how), and the host killed it.
    case violation
    /// It did not read what the host sent, and the host killed it.
    case notReading = "not_reading"
    /// It closed its end of the socket and went on, and the host killed it.
    case closedSocket = "closed_socket"
    /// It was not ready in time, and the host killed it.
    case startTimeout = "start_timeout"
    /// It could not load the plugin, and said so.
    case loadFailed = "load_failed"
    /// There never was a process.
    case notSpawned = "not_spawned"
    /// An exchange did not end within a second of being aborted, and the host killed it.
    case notAborting = "not_aborting"
    /// It took more memory than was granted, and the host killed it.
    case overMemory = "over_memory"
    /// It had more threads than it may, and the host killed it.
    case overThreads = "over_threads"
    /// The host no longer needed it.
    case ended
  }

  /// What the system said of the process.
  package enum Status: Sendable, Hashable {
    case exit(Int32)
    case signal(Int32)
    /// Not reaped within two seconds of the kill: it hangs in the kernel.
    case stuck
    /// There never was a process, or nobody could tell.
    case unknown
  }

  package let pid: Int32
  package let reason: Reason
  package let status: Status
  /// More for people: which rule was broken, by what number. No payloads.
  package let detail: String
  /// Where in the plugin a signal found it: functions of its image, the innermost first; empty when
  /// that is not known. Named by the image, so that it is for people only.
  package let place: [String]

  package init(
    pid: Int32, reason: Reason, status: Status, detail: String = "", place: [String] = []
  ) {
    self.pid = pid
    self.reason = reason
    self.status = status
    self.detail = detail
    self.place = place
  }

  /// Whether the plugin is to blame: not for a kill from outside, which says nothing of it, nor for
  /// one by its host that ended a call or a worker of no more use.
  package var isOwnDoing: Bool {
    switch reason {
    case .exited, .violation, .notReading, .closedSocket, .overMemory, .overThreads: true
    case .signalled: status != .signal(9)
    case .deadline, .cancelled, .startTimeout, .loadFailed, .notSpawned, .notAborting, .ended: false
    }
  }

  package var description: String {
    let end =
      switch status {
      case .exit(let code): "exit status \(code)"
      case .signal(let number): "signal \(number)\(Self.name(of: number))"
      case .stuck: "not reaped"
      case .unknown: "no status"
      }
    let function = place.isEmpty ? "" : " in " + place.prefix(3).joined(separator: ", called by ")
    let tail = function + (detail.isEmpty ? "" : ": \(detail)")
    return "worker \(pid) ended: \(reason.rawValue) (\(end))\(tail)"
  }

  private static func name(of signal: Int32) -> String {
    let names: [Int32: String] = [
      4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
      11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU", 31: "SIGSYS",
    ]
    return names[signal].map { " \($0)" } ?? ""
  }
}

// SPDX-License-Identifier: Apache-2.0
// How a probe ended that gave no answer.

import CSystem
import Glibc

/// The end of a probe's process.
enum ProbeDeath {
  case exited(Int32)
  case signalled(Int32)
  /// It was killed because it did not end.
  case overdue(milliseconds: Int32)

  init(_ reaped: sys_reaped) {
    self = reaped.kind == 2 ? .signalled(reaped.number) : .exited(reaped.number)
  }

  var text: String {
    switch self {
    case .exited(let code): "it ended the process with exit code \(code)"
    case .signalled(let number): "it crashed with \(Self.name(number))"
    case .overdue(let milliseconds): "it had not come back after \(milliseconds / 1_000) s"
    }
  }

  static func name(_ number: Int32) -> String {
    let names: [Int32: String] = [
      SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGILL: "SIGILL",
      SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGTRAP: "SIGTRAP", SIGTERM: "SIGTERM",
      SIGPIPE: "SIGPIPE", SIGSYS: "SIGSYS",
    ]
    return names[number] ?? "signal \(number)"
  }
}

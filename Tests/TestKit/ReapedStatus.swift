// SPDX-License-Identifier: Apache-2.0
// How a child ended, known once and by one thread, so that no signal goes to a reused pid.
import Foundation

/// Waits for one child on a thread of its own and remembers how it ended.
///
/// **Isolation**: any thread.
// Safe because `status` is read and written under `condition` only.
final class ReapedStatus: @unchecked Sendable {
  private let condition = NSCondition()
  private let pid: pid_t
  private var status: Subprocess.Status?

  init(pid: pid_t) {
    self.pid = pid
    Thread.detachNewThread { self.reap() }
  }

  /// nil when the child still runs at the deadline.
  func wait(until deadline: Date) -> Subprocess.Status? {
    condition.lock()
    defer { condition.unlock() }
    while status == nil { if !condition.wait(until: deadline) { break } }
    return status
  }

  /// Signals the child's group, as long as the child is not reaped: its pid is then its own.
  func signalGroup(_ signal: Int32) {
    condition.lock()
    defer { condition.unlock() }
    if status == nil { kill(-pid, signal) }
  }

  private func reap() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    condition.lock()
    defer { condition.unlock() }
    var word: Int32 = 0
    while waitpid(pid, &word, 0) < 0 && errno == EINTR {}
    status = word & 0x7f == 0 ? .exited(word >> 8 & 0xff) : .signalled(word & 0x7f)
    condition.broadcast()
  }
}

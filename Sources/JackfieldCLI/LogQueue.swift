// SPDX-License-Identifier: Apache-2.0
// The host's log lines on their way to standard error.
import CSystem
import Glibc
import Synchronization

/// A bounded queue of lines and the thread that writes them: whoever logs never waits, though
/// nobody may read the pipe.
final class LogQueue: Sendable {
  private struct State {
    var lines: [String] = []
    var dropped = 0
    var isFinishing = false
  }

  /// What waits at most: a burst of a busy host, about 100 KB.
  static let capacity = 1_000

  private let state = Mutex(State())
  private let descriptor: Int32
  /// Counters of the kernel: a wait with a time limit that a Mutex has not got.
  private let bell = sys_counter()
  private let finished = sys_counter()

  /// Starts the thread.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    startThread(name: "log") { [self] in run() }
  }

  /// Adds a line, without its end; drops it when too many wait.
  func add(_ line: String) {
    state.withLock { state in
      guard state.lines.count < Self.capacity else {
        state.dropped += 1
        return
      }
      state.lines.append(line)
    }
    ring(bell)
  }

  /// Ends the thread when all is written, and waits for that, a second at most.
  func finish() {
    state.withLock { $0.isFinishing = true }
    ring(bell)
    var end = pollfd(fd: finished, events: Int16(POLLIN), revents: 0)
    poll(&end, 1, 1_000)
  }

  private func run() {
    while true {
      var count: UInt64 = 0
      _ = read(bell, &count, 8)
      let taken = state.withLock { state in
        let taken = state
        state.lines = []
        state.dropped = 0
        return taken
      }
      for line in taken.lines { write(line) }
      if taken.dropped > 0 { write("[\(taken.dropped) lines dropped: nobody read them in time]") }
      if taken.isFinishing { return ring(finished) }
    }
  }

  private func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      sent += count
    }
  }

  private func ring(_ counter: Int32) {
    var one: UInt64 = 1
    _ = Glibc.write(counter, &one, 8)
  }
}

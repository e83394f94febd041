// SPDX-License-Identifier: Apache-2.0
// A child process in a process group of its own, with bounded output and bounded waiting.
import Foundation

/// A program that runs beside the test; its whole group is killed when the last reference goes.
///
/// Not Foundation's Process: that one waits for ever on a grandchild's pipe, and cannot signal
/// the group.
/// **Isolation**: any thread; what waits blocks its caller.
// Safe because `position` and `input` are used under `lock` only; the other parts guard themselves.
package final class Subprocess: @unchecked Sendable {
  package enum Status: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  package struct Result: Sendable {
    package let status: Status
    package let output: String
    package let errors: String

    /// Exit code 0.
    package var isSuccess: Bool { status == .exited(0) }
  }

  package let pid: pid_t
  private let program: String
  private let capturedOutput: OutputCapture
  private let capturedErrors: OutputCapture
  private let reaped: ReapedStatus
  private let lock = NSLock()
  private var input: Int32
  private var position = 0

  /// Starts a program.
  ///
  /// **Shape**: `program` with a slash is a path, without one it is looked up on `PATH`.
  /// `environment` is added to the test's own; an empty value removes a variable. `limit` bounds
  /// each of the two outputs, in bytes; what is beyond is counted and dropped.
  /// **Throws**: ``SubprocessError`` `spawn_failed`.
  package init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil, limit: Int = 8 << 20
  ) throws(SubprocessError) {
    signal(SIGPIPE, SIG_IGN)  // a child that has ended makes a write fail, not the tests end
    let child = try SpawnedChild(program, arguments, environment: environment, folder: folder)
    self.program = program
    pid = child.pid
    input = child.input
    capturedOutput = OutputCapture(descriptor: child.output, limit: limit)
    capturedErrors = OutputCapture(descriptor: child.errors, limit: limit)
    reaped = ReapedStatus(pid: child.pid)
  }

  deinit {
    reaped.signalGroup(SIGKILL)
    closeInput()
  }

  /// Runs a program to its end.
  ///
  /// **Throws**: ``SubprocessError``; `timed_out` after the group was killed.
  @discardableResult
  package static func run(
    _ program: String, _ arguments: [String] = [], input: String = "",
    environment: [String: String] = [:], folder: String? = nil,
    timeout: Duration = .seconds(60)
  ) throws(SubprocessError) -> Result {
    let child = try Subprocess(program, arguments, environment: environment, folder: folder)
    child.write(input)
    child.closeInput()
    return try child.wait(timeout: timeout)
  }

  /// What was printed so far.
  package var output: String { capturedOutput.text }
  package var errors: String { capturedErrors.text }

  /// Whether the program still runs (or nobody noticed its end yet).
  package var isRunning: Bool { reaped.wait(until: .distantPast) == nil }

  /// Blocks until all is written or the child is gone.
  package func write(_ text: String) {
    lock.lock()
    defer { lock.unlock() }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty && input >= 0 {
      let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  package func closeInput() {
    lock.lock()
    defer { lock.unlock() }
    if input >= 0 { close(input) }
    input = -1
  }

  /// The next line of standard output that `matches`; lines before it are passed over for good.
  ///
  /// **Throws**: ``SubprocessError`` `timed_out`, with what was printed, when the output ended or
  /// the time passed without one; the child then still runs.
  @discardableResult
  package func waitForLine(
    timeout: Duration = .seconds(30), where matches: (String) -> Bool
  ) throws(SubprocessError) -> String {
    lock.lock()
    defer { lock.unlock() }
    let deadline = Date(timeIntervalSinceNow: timeout / .seconds(1))
    if let line = capturedOutput.line(after: &position, until: deadline, where: matches) {
      return line
    }
    throw SubprocessError(
      code: "timed_out",
      reason: "\(program) did not print the line awaited.\noutput: \(output)\nerrors: \(errors)")
  }

  /// Waits for the end. A grandchild that keeps a pipe open holds this up for 10 s at most.
  ///
  /// **Throws**: ``SubprocessError`` `timed_out` after the group was killed.
  @discardableResult
  package func wait(timeout: Duration = .seconds(60)) throws(SubprocessError) -> Result {
    guard let status = reaped.wait(until: Date(timeIntervalSinceNow: timeout / .seconds(1)))
    else {
      kill(SIGKILL)
      _ = reaped.wait(until: Date(timeIntervalSinceNow: 5))
      throw SubprocessError(
        code: "timed_out",
        reason: "\(program) ran longer than \(timeout).\noutput: \(output)\nerrors: \(errors)")
    }
    // Long, because the threads that read may have to wait for their turn on a busy machine.
    capturedOutput.waitForEnd(tenths: 100)
    capturedErrors.waitForEnd(tenths: 100)
    return Result(status: status, output: output, errors: errors)
  }

  /// Sends a signal to the child's group; nothing happens once the child has ended.
  package func kill(_ signal: Int32 = SIGKILL) { reaped.signalGroup(signal) }
}

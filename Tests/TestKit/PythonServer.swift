// SPDX-License-Identifier: Apache-2.0
// The servers of Tests/Servers, as tests use them.
import Glibc

/// A server written in Python that listens on a free port of the loopback and logs every request.
///
/// Each prints `PORT n` when it is ready and `REQUEST n` after the nth request is in its log; it
/// ends when its standard input does, so it never outlives the test program.
package final class PythonServer: Sendable {
  package let port: Int
  private let process: Subprocess
  private let folder: TemporaryFolder

  /// Starts `Tests/Servers/<name>.py` and returns once it accepts connections.
  ///
  /// **Shape**: `--log` is passed by this; `arguments` are the server's own (`--help` lists them).
  /// **Throws**: ``SubprocessError`` with what the server printed.
  package init(
    _ name: String, _ arguments: [String] = [], timeout: Duration = .seconds(60)
  ) throws(SubprocessError) {
    folder = TemporaryFolder()
    let script = PackageFolder.path + "/Tests/Servers/\(name).py"
    process = try Subprocess(
      Self.python, ["-u", script, "--log", folder("requests.jsonl")] + arguments)
    let line = try process.waitForLine(timeout: timeout) { $0.hasPrefix("PORT ") }
    guard let port = Int(line.dropFirst(5)) else {
      throw SubprocessError(code: "spawn_failed", reason: "\(name) printed \(line)")
    }
    self.port = port
  }

  /// `http://127.0.0.1:PORT`
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The log so far: one JSON object a line, a line a request.
  package var requestLines: [String] {
    (TestFile.text(of: folder("requests.jsonl")) ?? "").split(separator: "\n").map(String.init)
  }

  /// Waits until the server has logged `count` requests since it started.
  ///
  /// **Throws**: ``SubprocessError`` `timed_out` when they do not come.
  package func waitForRequests(
    _ count: Int, timeout: Duration = .seconds(30)
  ) throws(SubprocessError) {
    if requestLines.count >= count { return }
    try process.waitForLine(timeout: timeout) { $0 == "REQUEST \(count)" }
  }

  /// Ends the server; it says what went wrong if it does not end well.
  package func stop() throws(SubprocessError) {
    process.closeInput()
    try process.wait(timeout: .seconds(10))
  }

  /// Ends the server as a crash would: its connections are reset.
  package func kill() { process.kill(SIGKILL) }

  /// `JACKFIELD_PYTHON`, else the environment that `make deps` built.
  package static let python: String = {
    if let named = getenv("JACKFIELD_PYTHON") { return String(cString: named) }
    return PackageFolder.path + "/.build-venv/bin/python"
  }()
}

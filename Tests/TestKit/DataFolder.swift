// SPDX-License-Identifier: Apache-2.0
// The program `jackfield` on a data folder of its own, as system tests use it.
import Glibc

/// A data folder and the commands that work on it; removed, with what still runs, at the end.
package final class DataFolder: Sendable {
  private let folder = TemporaryFolder()

  package init() {}

  /// The data folder, which the first command makes.
  package var path: String { folder("data") }

  /// A path beside the data folder, for documents and what servers keep.
  package func file(_ name: String) -> String { folder(name) }

  /// Writes a document beside the data folder and returns its path.
  package func write(_ text: String, to name: String) -> String { folder.write(text, to: name) }

  /// Runs one command to its end.
  ///
  /// **Throws**: ``SubprocessError``; a command that fails is a result, not an error.
  @discardableResult
  package func jackfield(
    _ words: String..., input: String = "", timeout: Duration = .seconds(60)
  ) throws(SubprocessError) -> Subprocess.Result {
    try Subprocess.run(
      BuiltProducts.program("jackfield"), words + ["--data", path], input: input, timeout: timeout)
  }

  /// Starts `jackfield serve` on a free port and returns once it listens.
  ///
  /// **Throws**: ``SubprocessError`` with what it printed when it does not.
  package func serve(
    _ options: String..., timeout: Duration = .seconds(30)
  ) throws(SubprocessError) -> Server {
    let process = try Subprocess(
      BuiltProducts.program("jackfield"), ["serve", "--port", "0", "--data", path] + options)
    let line = try process.waitForLine(timeout: timeout) { $0.contains("listening on http") }
    let url = line.split(separator: " ").last.map(String.init) ?? ""
    return Server(process: process, url: url)
  }

  /// A running host.
  package struct Server: Sendable {
    package let process: Subprocess
    /// `http://127.0.0.1:PORT`
    package let url: String

    /// SIGTERM, and the wait for the end.
    @discardableResult
    package func stop() throws(SubprocessError) -> Subprocess.Result {
      Glibc.kill(process.pid, SIGTERM)
      return try process.wait(timeout: .seconds(30))
    }
  }
}

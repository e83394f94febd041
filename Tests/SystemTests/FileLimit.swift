// SPDX-License-Identifier: Apache-2.0
// A host whose files may not grow: a full disk that comes and goes at once.
import TestKit
import Testing

/// The limit on the size of a process's files.
enum FileLimit {
  /// `jackfield serve` on a free port, to which a write beyond the limit is an error and not a
  /// signal that ends it.
  static func serve(_ keeper: Operator) throws -> Subprocess {
    let process = try Subprocess(
      "/bin/sh",
      [
        "-c", #"trap "" XFSZ; exec "$0" serve --port 0 --data "$1""#,
        BuiltProducts.program("jackfield"), keeper.folder.path,
      ])
    _ = try process.waitForLine { $0.contains("listening on http") }
    return process
  }

  /// No file of a process is written beyond so many bytes from now on; nil takes the limit away.
  static func set(_ bytes: Int?, of process: Subprocess) throws {
    let size = bytes.map { String($0) } ?? "unlimited"
    let result = try Subprocess.run("prlimit", ["--pid", String(process.pid), "--fsize=\(size):"])
    try #require(result.isSuccess, "\(result.errors)")
  }
}

// SPDX-License-Identifier: Apache-2.0
// Files named on a command line, read with a bound.
import Glibc

/// Reads a file the command line names; `-` is standard input.
enum InputFile {
  /// - Throws: `CommandError` naming the file and what is wrong with it.
  static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandError("cannot read \(path): \(String(cString: strerror(errno)))", .wrong)
    }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandError("cannot read \(path): \(String(cString: strerror(errno)))", .wrong)
      }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else {
        throw CommandError("\(path) is over \(limit >> 20) MiB, the most a document may be", .wrong)
      }
    }
  }
}

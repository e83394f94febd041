// SPDX-License-Identifier: Apache-2.0
// A file of the author's, written anew.
import Glibc

/// Replaces a file a person wrote.
enum OutputFile {
  /// Whole or not at all: what is written goes beside it first. A link stays one, and the mode is
  /// kept.
  ///
  /// - Throws: `CommandError` naming the file and what is wrong with it.
  static func replace(_ path: String, with text: String) throws(CommandError) {
    func failed() -> CommandError {
      CommandError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    var status = stat()
    guard realpath(path, &buffer) != nil, stat(path, &status) == 0 else { throw failed() }
    let target = String(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let beside = target + ".new"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, status.st_mode & 0o777)
    guard descriptor >= 0 else { throw failed() }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        defer {
          close(descriptor)
          unlink(beside)
        }
        throw failed()
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(beside, target) == 0 else {
      throw failed()
    }
  }
}

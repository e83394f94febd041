// SPDX-License-Identifier: Apache-2.0
// How a worker ends when it ends by itself.
import Glibc

/// The exit codes of this program.
enum ExitCode {
  /// The host said stop, or is gone.
  static let stopped: Int32 = 0
  /// The plugin could not be loaded; the host was told why.
  static let loadFailed: Int32 = 1
  /// It was not started by a host.
  static let notStartedByHost: Int32 = 64
  /// The host sent what the protocol does not allow.
  static let protocolViolated: Int32 = 70
  /// The socket is of no use any more: the plugin has closed it.
  static let socketLost: Int32 = 71

  /// Says why on the standard error, which is the plugin's log, and ends the process.
  static func end(_ code: Int32, saying text: String) -> Never {
    let line = Array("jackfield-worker: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    end(code)
  }

  /// Ends the process without the plugin's exit functions, which may expect threads to be gone.
  static func end(_ code: Int32) -> Never {
    // What the plugin printed and stdio still keeps.
    fflush(nil)
    _exit(code)
  }
}

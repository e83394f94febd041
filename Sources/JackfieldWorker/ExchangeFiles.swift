// SPDX-License-Identifier: Apache-2.0
// The open files of a transport's exchanges.
import PluginRuntime
import WorkerProtocol

/// Keeps what was handed over until its exchange is answered.
///
/// **Isolation**: any thread.
// Safe because: `files` is touched only under `lock`.
final class ExchangeFiles: @unchecked Sendable {
  private let lock = Lock()
  private var files: [UInt32: [AttachedFile]] = [:]

  func add(_ file: AttachedFile, to exchange: UInt32) {
    lock.locked { files[exchange, default: []].append(file) }
  }

  func close(of exchange: UInt32) {
    // What is taken out closes after the lock is given back.
    _ = lock.locked { files.removeValue(forKey: exchange) }
  }
}

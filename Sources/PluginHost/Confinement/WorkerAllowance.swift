// SPDX-License-Identifier: Apache-2.0
//
// What one plugin may take of the machine in one project.

/// The grants that bind a worker process itself; what it may ask the host for is not among them.
package struct WorkerAllowance: Sendable, Hashable {
  /// A file or folder of the machine.
  package struct Path: Sendable, Hashable {
    /// Absolute.
    package let path: String
    package let isWritable: Bool

    package init(_ path: String, isWritable: Bool) {
      self.path = path
      self.isWritable = isWritable
    }
  }

  /// What it may allocate. **Unit** bytes.
  package var memory: Int
  package var paths: [Path]

  package init(memory: Int = WorkerAllowance.defaultMemory, paths: [Path] = []) {
    self.memory = memory
    self.paths = paths
  }

  /// What a plugin gets that asks for nothing: a large JSON answer and its parse fit.
  package static let defaultMemory = 256 << 20
  /// Transports and listeners hold thousands of exchanges, TLS at 120 KiB each.
  static let channels = WorkerAllowance(memory: 1 << 30)
}

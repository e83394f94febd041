// SPDX-License-Identifier: Apache-2.0
//
// What one plugin may take of the machine in one project.

import Pipeline

/// The grants that bind a worker process itself; what it may ask the host for is not among them.
package struct WorkerAllowance: Sendable, Hashable {
  /// What it may allocate. **Unit** bytes.
  package var memory: Int
  package var paths: [PathGrant]

  package init(memory: Int = WorkerAllowance.usualMemory, paths: [PathGrant] = []) {
    self.memory = memory
    self.paths = paths
  }

  /// What a plugin gets that asks for nothing: a large JSON answer and its parse fit.
  package static let usualMemory = 256 << 20
  /// Transports and listeners hold thousands of exchanges, TLS at 120 KiB each.
  static let channels = WorkerAllowance(memory: 1 << 30)
}

// SPDX-License-Identifier: Apache-2.0
// What the three kinds of worker have in common.

/// Serves the host until the process ends.
protocol WorkerServer {
  /// **Isolation**: the entry thread.
  func serve() -> Never
}

// SPDX-License-Identifier: Apache-2.0
//
// Which worker is which user.

import Synchronization

/// Gives each living worker a user that no other worker of this process has.
///
/// The kernel counts threads per user over all processes of a machine, so two programs with a host
/// begin at different places of their range.
struct WorkerUsers: Sendable {
  private let range: ClosedRange<UInt32>?

  /// Of all hosts in this process.
  private static let state = Mutex((taken: Set<UInt32>(), turn: UInt32(0)))

  init(_ range: ClosedRange<UInt32>?) {
    self.range = range
  }

  /// A free user; 0, the host's own, where there is no range. `seed` tells processes apart.
  ///
  /// **Throws** `worker_users_used_up`.
  func take(seed: UInt32) throws(PluginHostError) -> UInt32 {
    guard let range else { return 0 }
    let size = range.upperBound - range.lowerBound + 1
    // Numbers of processes that follow each other are to be far apart.
    let start = UInt32(truncatingIfNeeded: UInt64(seed) &* 2_654_435_761 >> 8) % size
    let user = Self.state.withLock { state -> UInt32? in
      for _ in 0..<size {
        let candidate = range.lowerBound + (start &+ state.turn) % size
        state.turn = (state.turn + 1) % size
        if state.taken.insert(candidate).inserted { return candidate }
      }
      return nil
    }
    guard let user else {
      throw PluginHostError(
        code: "worker_users_used_up",
        message: "all \(range.count) users of --worker-uids \(range.lowerBound)-\(range.upperBound) "
          + "have a worker: give it a larger range, or lower --max-workers")
    }
    return user
  }

  func giveBack(_ user: UInt32) {
    Self.state.withLock { _ = $0.taken.remove(user) }
  }
}

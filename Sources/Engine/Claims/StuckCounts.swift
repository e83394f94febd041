// SPDX-License-Identifier: Apache-2.0
// How many runs in memory do not move, by connector.
import Pipeline

/// Runs that wait at a gate or for their next attempt. They do not use up the room of those that
/// move, but no connector may have more of them in memory than its share.
struct StuckCounts: Sendable {
  private var counts: [ConnectorID: Int] = [:]
  private(set) var total = 0

  subscript(connector: ConnectorID) -> Int { counts[connector] ?? 0 }

  mutating func add(_ connector: ConnectorID) {
    counts[connector, default: 0] += 1
    total += 1
  }

  mutating func remove(_ connector: ConnectorID) {
    let left = self[connector] - 1
    counts[connector] = left > 0 ? left : nil
    total -= 1
  }

  /// What one connector may have, with so many in all and at least a few for each.
  func share(of limits: EngineLimits) -> Int {
    max(limits.leastStuckRuns, limits.stuckRuns / max(1, counts.count))
  }
}

// SPDX-License-Identifier: Apache-2.0
// A limit on how many may be inside at once.
import Pipeline

/// At most so many runs inside, the others in order of arrival.
struct FIFOGate: Sendable {
  private var inside: Set<RunID> = []
  private var line = WaitLine<RunID>()
  private var limit = 1

  var isEmpty: Bool { inside.isEmpty && line.isEmpty }
  var count: Int { inside.count }
  var waiting: Int { line.count }

  /// Lets a run in, or puts it at the end of the line.
  ///
  /// - Parameter limit: as it is now; what the last one brought counts for those who leave.
  mutating func enter(_ run: RunID, limit: Int) -> Bool {
    self.limit = max(1, limit)
    if inside.contains(run) { return true }
    guard line.isEmpty, inside.count < self.limit else {
      line.append(run)
      return false
    }
    inside.insert(run)
    return true
  }

  /// Lets a run go, from inside or from the line.
  ///
  /// - Returns: those who are inside instead, in order.
  mutating func leave(_ run: RunID) -> [RunID] {
    if inside.remove(run) == nil { line.remove(run) }
    var admitted: [RunID] = []
    while inside.count < limit, let next = line.popFirst() {
      inside.insert(next)
      admitted.append(next)
    }
    return admitted
  }

  func ahead(of run: RunID) -> Int? { line.ahead(of: run) }
}

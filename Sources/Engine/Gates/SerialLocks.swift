// SPDX-License-Identifier: Apache-2.0
// Calls with the same key run one at a time.
import Pipeline

/// Which runs hold which serial keys, and who waits.
///
/// All keys of a call are asked for at once and a run stands in the line of each, so lines form in
/// order of arrival; it holds its keys when it is first in every one of them. Nobody holds a part
/// and waits for the rest of what somebody else may hold, so there is no circle.
struct SerialLocks: Sendable {
  private struct Request: Sendable {
    let keys: [SerialKey]
    /// In how many lines somebody else is first.
    var missing: Int
  }

  private var lines: [SerialKey: WaitLine<RunID>] = [:]
  private var requests: [RunID: Request] = [:]

  var isEmpty: Bool { requests.isEmpty }

  /// Asks for keys; a run asks once until it has released.
  ///
  /// - Parameter keys: sorted, each once.
  /// - Returns: whether the run holds them now.
  mutating func request(_ run: RunID, _ keys: [SerialKey]) -> Bool {
    precondition(requests[run] == nil, "run \(run) asks for serial keys while it has some")
    var missing = 0
    for key in keys {
      lines[key, default: WaitLine()].append(run)
      if lines[key]?.first != run { missing += 1 }
    }
    requests[run] = Request(keys: keys, missing: missing)
    return missing == 0
  }

  /// Gives keys back, held or only asked for.
  ///
  /// - Returns: the runs that hold all of theirs now, in the order of the keys.
  mutating func release(_ run: RunID) -> [RunID] {
    guard let request = requests.removeValue(forKey: run) else { return [] }
    var granted: [RunID] = []
    for key in request.keys {
      guard let line = lines[key] else { continue }
      let wasFirst = line.first == run
      lines[key]?.remove(run)
      guard let next = lines[key]?.first else {
        lines[key] = nil
        continue
      }
      guard wasFirst else { continue }
      requests[next]?.missing -= 1
      if requests[next]?.missing == 0 { granted.append(next) }
    }
    return granted
  }

  /// The first key a run waits for, and who stands first in its line.
  func blocker(of run: RunID) -> (key: SerialKey, holder: RunID)? {
    for key in requests[run]?.keys ?? [] {
      if let first = lines[key]?.first, first != run { return (key, first) }
    }
    return nil
  }
}

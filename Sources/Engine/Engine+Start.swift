// SPDX-License-Identifier: Apache-2.0
// From a run that is taken in to its first decision: FIFO per contact, then the connector's limit.
import Pipeline

extension Engine {
  /// Puts a run in line behind the earlier ones of its contact. Whoever stands first in the line
  /// may act until it parks or ends, its retries included.
  mutating func begin(_ id: RunID) {
    guard let connector = runs[id]?.connector else { return }
    let key = (runs[id]?.fifoKey).flatMap { FIFOKey(connector: connector, key: $0) }
    if runs[id]?.cancel != nil {
      // It keeps its place until its end is on disk: a crash before that takes the cancel back.
      if let key { fifo[key, default: WaitLine()].append(id) }
      return endCancelled(id)
    }
    guard !isStopping else { return move(id, to: .held) }
    guard !unloadIfCrowded(id) else { return }
    if let key {
      fifo[key, default: WaitLine()].append(id)
      guard fifo[key]?.first == id else { return move(id, to: .queued(.fifo)) }
    }
    enterConnector(id)
  }

  private mutating func enterConnector(_ id: RunID) {
    guard let connector = runs[id]?.connector else { return }
    if let limit = runs[id]?.progress.facts.connector.options.concurrency {
      let isIn = connectorGates[connector, default: FIFOGate()].enter(id, limit: limit)
      guard isIn else { return move(id, to: .queued(.connector)) }
    }
    decide(id)
  }

  /// Gives back what `begin` took, and lets the next ones begin.
  mutating func leaveStart(_ id: RunID, _ run: LiveRun) {
    if let admitted = connectorGates[run.connector]?.leave(id) {
      if connectorGates[run.connector]?.isEmpty == true { connectorGates[run.connector] = nil }
      for next in admitted { letIn(next, through: .connector) }
    }
    leaveFIFO(id, run)
  }

  mutating func leaveFIFO(_ id: RunID, _ run: LiveRun) {
    guard let key = run.fifoKey.map({ FIFOKey(connector: run.connector, key: $0) }) else { return }
    let wasFirst = fifo[key]?.first == id
    fifo[key]?.remove(id)
    guard let next = fifo[key]?.first else {
      fifo[key] = nil
      return
    }
    if wasFirst { letIn(next, through: .fifo) }
  }

  private mutating func letIn(_ id: RunID, through gate: LiveRun.StartGate) {
    guard case .queued(gate)? = runs[id]?.phase else { return }
    guard !isStopping else { return move(id, to: .held) }
    move(id, to: .decided)
    switch gate {
    case .fifo: enterConnector(id)
    case .connector, .project: decide(id)
    }
  }
}

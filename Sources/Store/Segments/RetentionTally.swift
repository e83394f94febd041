// SPDX-License-Identifier: Apache-2.0
// Adds up what is kept, run by run from the newest on.

import Pipeline

/// The head of a run as retention looks at it.
struct RunSize: Sendable {
  let run: RunID
  let project: ProjectID
  let connector: ConnectorID
  /// nil while it lives: it is never removed.
  let finishedAt: Int64?
  let bytes: Int64
}

/// What was met so far of each connector and project that keeps less than the whole.
struct RetentionTally {
  private let policy: RetentionPolicy
  private let nowMS: Int64
  private var connectors: [ConnectorID: Int64] = [:]
  private var projects: [ProjectID: Int64] = [:]

  init(_ policy: RetentionPolicy, nowMS: Int64) {
    self.policy = policy
    self.nowMS = nowMS
  }

  /// Whether a run is beyond what its connector or its project keeps.
  mutating func isOver(_ size: RunSize) -> Bool {
    guard let finishedAt = size.finishedAt else { return false }
    var isOver = false
    let own = policy.connectors[size.connector]
    if let own {
      connectors[size.connector, default: 0] += size.bytes
      isOver = exceeds(own, finishedAt, connectors[size.connector] ?? 0)
    }
    if var keep = policy.projects[size.project] {
      // What a connector says of its time takes the place of what its project says.
      if own?.forMS != nil { keep.forMS = nil }
      projects[size.project, default: 0] += size.bytes
      isOver = exceeds(keep, finishedAt, projects[size.project] ?? 0) || isOver
    }
    return isOver
  }

  private func exceeds(
    _ keep: RetentionPolicy.Keep, _ finishedAt: Int64, _ bytes: Int64
  ) -> Bool {
    let isOld = keep.forMS.map { finishedAt <= nowMS - $0 } ?? false
    return isOld || keep.bytes.map { bytes > $0 } ?? false
  }
}

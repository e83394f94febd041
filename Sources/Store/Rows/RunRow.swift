// SPDX-License-Identifier: Apache-2.0
// A run as it is stored.

import Pipeline

/// One run: which connector's version it runs, where it is, how it ended.
package struct RunRow: Sendable, Hashable {
  package let id: RunID
  package let project: ProjectID
  package let connector: ConnectorID
  package let connectorName: ConnectorName
  package let version: Int64
  package let state: RunState
  package let fence: RunFence
  /// **Shape** JSON text of the driver's; `{}` before the first step.
  package let position: String
  /// The contact's record, once mapped.
  package let contact: RecordID?
  /// `unknown` where the fate of one of its attempts is.
  package let mark: String?
  package let reason: String?
  /// **Unit** milliseconds since 1970, as all times here.
  package let dueAt: Int64?
  package let startedAt: Int64
  package let updatedAt: Int64
  package let finishedAt: Int64?

  static let columns = """
    run.id, run.project, run.connector, connector.name, run.version, run.state, run.incarnation,
    run.sequence, run.position, run.contact, run.mark, run.reason, run.due_at, run.started_at,
    run.updated_at, run.finished_at
    FROM run JOIN connector ON connector.id = run.connector
    """

  init(_ row: Statement) throws(StoreError) {
    let stateText = row.text(5)
    guard let state = RunState(rawValue: stateText) else {
      throw StoreError(.damaged, "run \(row.integer(0)) has the unknown state \(stateText)")
    }
    id = RunID(row.integer(0))
    project = ProjectID(rawValue: row.text(1))
    connector = ConnectorID(row.integer(2))
    connectorName = ConnectorName(rawValue: row.text(3))
    version = row.integer(4)
    self.state = state
    fence = RunFence(incarnation: row.integer(6), sequence: row.integer(7))
    position = row.text(8)
    contact = row.integerOrNil(9).map { RecordID($0) }
    mark = row.textOrNil(10)
    reason = row.textOrNil(11)
    dueAt = row.integerOrNil(12)
    startedAt = row.integer(13)
    updatedAt = row.integer(14)
    finishedAt = row.integerOrNil(15)
  }
}

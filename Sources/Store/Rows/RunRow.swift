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
  /// Where it stands as one element of another run's list.
  package let child: ChildPlace?
  /// How many times the event was routed on before it came here.
  package let hops: Int
  /// The run that started it, by routing or under a key; not for an element of a list.
  package let origin: RunID?
  /// The key it was entered under.
  package let enrolment: EnrolmentKey?
  /// Runs with the same key pass one after the other.
  package let fifoKey: String?
  /// What it waits for, while it does.
  package let wait: StoredWait?
  /// What will have woken it when it is due.
  package let wake: StoredWake
  /// How many times a person had it run again.
  package let retries: Int

  static let columns = fields + " FROM run JOIN connector ON connector.id = run.connector"

  /// The same along an index that is named: SQLite does not know how many rows are in each.
  static func columns(by index: StaticString) -> String {
    fields + " FROM run INDEXED BY \(index) JOIN connector ON connector.id = run.connector"
  }

  private static let fields = """
    run.id, run.project, run.connector, connector.name, run.version, run.state, run.incarnation,
    run.sequence, run.position, run.contact, run.mark, run.reason, run.due_at, run.started_at,
    run.updated_at, run.finished_at, run.parent, run.child_step, run.element, run.hops, run.origin,
    run.entered_connector, run.entered_subject, run.fifo_key, run.wait_kind, run.wait, run.wake,
    run.retries
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
    child = row.integerOrNil(16).map {
      ChildPlace(parent: RunID($0), step: Int(row.integer(17)), element: Int(row.integer(18)))
    }
    hops = Int(row.integer(19))
    origin = row.integerOrNil(20).map { RunID($0) }
    enrolment = row.integerOrNil(21).map {
      EnrolmentKey(connector: ConnectorID($0), subject: row.text(22))
    }
    fifoKey = row.textOrNil(23)
    wait = try row.textOrNil(24).map { kind throws(StoreError) in
      try StoredWait(kind: kind, text: row.text(25))
    }
    wake = try StoredWake(text: row.textOrNil(26))
    retries = Int(row.integer(27))
  }
}

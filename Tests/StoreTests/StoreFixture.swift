// SPDX-License-Identifier: Apache-2.0
// A store in a folder of its own.
import Pipeline
import Store
import TestKit
import Values

/// A fresh store; closed and removed with the test.
final class StoreFixture: Sendable {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = TemporaryFolder()
    store = try Store.open(folder: folder.path)
  }

  deinit { store.close() }

  /// A connector to hang runs on.
  func connector(_ name: ConnectorName = "lead", project: ProjectID = "acme") throws -> ConnectorRow
  {
    try store.writeAndWait { write throws(StoreError) in
      try write.connectorPut(
        project: project, name: name, document: "{}", contentHash: "h1", nowMS: 1,
        makeToken: { "token-\(project)-\(name)" })
    }
  }

  /// Accepts an event and answers its verdict.
  func accept(
    _ connector: ConnectorRow, key: [UInt8]? = nil, within: Int64 = 60, nowMS: Int64 = 1_000
  ) throws -> EventVerdict {
    let event = NewEvent(
      project: connector.project, connector: connector.id, version: connector.version,
      body: #"{"n":1}"#, dedupe: key.map { .init(key: $0, withinSeconds: within) })
    return try store.writeAndWait { write throws(StoreError) in
      try write.eventAccept(event, nowMS: nowMS)
    }
  }
}

extension StoreFixture {
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try store.writeAndWait(body)
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (ReadTransaction) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try store.readAndWait(body)
  }

  /// The run as it stands; one that is not there is damage.
  func run(_ id: RunID) throws(StoreError) -> RunRow {
    try read { read throws(StoreError) in
      guard let row = try read.runGet(id) else { throw StoreError(.notFound, "run \(id)") }
      return row
    }
  }

  /// Parks a run as it stands.
  @discardableResult
  func park(
    _ id: RunID, due: Int64?, _ wait: StoredWait = StoredWait(.delay, component: "d"),
    nowMS: Int64 = 10
  ) throws(StoreError) -> ParkVerdict {
    let row = try run(id)
    return try write { write throws(StoreError) in
      try write.runPark(
        id, fence: StoreFixture.fence(row), expecting: row.state, position: "[0,0]", due: due,
        wait: wait, nowMS: nowMS)
    }
  }

  /// Ends a run as it stands.
  @discardableResult
  func finish(
    _ id: RunID, _ state: RunState = .succeeded, saved: String? = nil, nowMS: Int64 = 20
  ) throws(StoreError) -> RunAftermath {
    let row = try run(id)
    return try write { write throws(StoreError) in
      try write.runFinish(
        id, fence: StoreFixture.fence(row), expecting: row.state, RunChange(state, saved: saved),
        nowMS: nowMS)
    }
  }

  /// What a driver of the first start names.
  static func fence(_ row: RunRow) -> RunFence {
    RunFence(incarnation: max(row.fence.incarnation, 1), sequence: row.fence.sequence)
  }
}

/// The code of what a body throws; nil if it throws nothing.
func code(_ body: () throws(StoreError) -> Void) -> StoreError.Code? {
  do {
    try body()
    return nil
  } catch {
    return error.code
  }
}

extension Result {
  var isSuccess: Bool { if case .success = self { true } else { false } }
}

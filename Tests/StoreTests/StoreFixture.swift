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

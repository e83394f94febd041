// SPDX-License-Identifier: Apache-2.0
// The data folder every seed begins with.

import Pipeline
import Store

/// A data folder with the connectors and the records that are there before the first event. It is
/// made once, with nothing going wrong, and copied for each seed.
struct SimulatedFolder: Sendable {
  static let path = "data"

  private let disk = SimulatedDisk()
  private(set) var connectors: [SimulatedConnector: ConnectorID] = [:]
  /// The record that everybody adds to.
  private(set) var tally = RecordID(0)
  /// By name.
  private(set) var contacts: [String: RecordID] = [:]

  init(_ project: SimulatedProject) throws(StoreError) {
    let store = try Store.openStepped(
      folder: SimulatedFolder.path, on: StoreSimulation(files: disk))
    defer { store.close() }
    try applyDocuments(project, store)
    try makeRecords(project, store)
  }

  /// A disk of one's own that holds it.
  func copy() -> SimulatedDisk { SimulatedDisk(copying: disk) }

  private mutating func applyDocuments(
    _ project: SimulatedProject, _ store: Store
  ) throws(StoreError) {
    for kind in SimulatedConnector.allCases {
      guard let document = project.documents[kind] else { continue }
      let name = kind.name
      let row = try store.writeAndWait { write throws(StoreError) in
        try write.connectorPut(
          project: SimulatedProject.id, name: name, document: document, contentHash: name.rawValue,
          nowMS: 1, makeToken: { "token-\(name)" })
      }
      connectors[kind] = row.id
    }
  }

  private mutating func makeRecords(
    _ project: SimulatedProject, _ store: Store
  ) throws(StoreError) {
    tally = store.recordIDs.reserve()
    var writes = [RecordWrite(.put, project.tally, id: tally, expectation: .new, fields: ["value": 0])]
    for name in ["ann", "bob"] {
      let id = store.recordIDs.reserve()
      contacts[name] = id
      writes.append(RecordWrite(.put, project.contact, id: id, expectation: .new))
    }
    let all = writes
    try store.writeAndWait { write throws(StoreError) in
      _ = try write.recordsApply(SimulatedProject.id, all, nowMS: 1)
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

@Suite struct ConnectorTests {
  let fixture: StoreFixture
  var store: Store { fixture.store }

  init() throws { fixture = try StoreFixture() }

  private func put(
    _ document: String, hash: String, isDraft: Bool = false, token: String = "t1"
  ) throws -> ConnectorRow {
    try store.writeAndWait { write throws(StoreError) in
      try write.connectorPut(
        project: "acme", name: "lead", document: document, contentHash: hash, isDraft: isDraft,
        nowMS: 5, makeToken: { token })
    }
  }

  @Test func `only another content makes a new version, and the URL stays`() throws {
    let first = try put("{\"a\":1}", hash: "1")
    #expect(first.isNew && first.version == 1 && first.token == "t1" && first.isEnabled)
    let same = try put("{\"a\":1}", hash: "1", token: "t2")
    #expect(!same.isNew && same.version == 1 && same.token == "t1")
    let second = try put("{\"a\":2}", hash: "2", token: "t3")
    #expect(second.isNew && second.version == 2 && second.token == "t1" && second.id == first.id)
    let documents = try store.readAndWait { read throws(StoreError) in
      [
        try read.connectorVersionGet(first.id, version: 1)?.document,
        try read.connectorVersionGet(first.id, version: 2)?.document,
        try read.connectorVersionGet(first.id, version: 3)?.document,
      ]
    }
    #expect(documents == ["{\"a\":1}", "{\"a\":2}", nil])
  }

  @Test func `a token leads to its connector, a rotated one is told from an unknown one`() throws {
    let row = try put("{}", hash: "1")
    let rotated = try store.writeAndWait { write throws(StoreError) in
      try write.connectorRotate(row.id, nowMS: 6, makeToken: { "t2" })
    }
    #expect(rotated.token == "t2")
    let found = try store.readAndWait { read throws(StoreError) in
      [
        try read.connectorByToken("t2"), try read.connectorByToken("t1"),
        try read.connectorByToken("t3"), try read.connectorByToken(""),
      ]
    }
    guard case .found(let current) = found[0] else {
      Issue.record("the new token leads nowhere")
      return
    }
    #expect(current.id == row.id)
    #expect(Array(found[1...]) == [.retired, .unknown, .unknown])
  }

  @Test func `a rollback moves one pointer, and the next content is a new version`() throws {
    let row = try put("{}", hash: "1")
    _ = try put("{ }", hash: "2")
    func rollback(_ version: Int64) throws(StoreError) -> Int64 {
      try fixture.write { write throws(StoreError) in
        try write.connectorRollback(row.id, version: version, nowMS: 9).version
      }
    }
    #expect(try rollback(1) == 1)
    #expect(code { () throws(StoreError) in _ = try rollback(3) } == .notFound)
    #expect(try put("{}", hash: "1").version == 1)
    #expect(try put("{  }", hash: "3").version == 3)
    let list = try fixture.read { read throws(StoreError) in
      try read.connectorVersionList(row.id).map(\.hash)
    }
    #expect(list == ["3", "2", "1"])
  }

  @Test func `a deleted connector's name is free, its URL gone, its runs shown`() throws {
    let row = try put("{}", hash: "1")
    let run = try fixture.accept(row).run
    func delete() throws -> Bool {
      try fixture.write { write throws(StoreError) in try write.connectorDelete(row.id, nowMS: 9) }
    }
    #expect(try delete())
    #expect(try !delete())
    let (list, lookup, named) = try fixture.read { read throws(StoreError) in
      (
        try read.connectorList("acme"), try read.connectorByToken("t1"),
        try read.connectorGet("acme", "lead")
      )
    }
    #expect(list.isEmpty && lookup == .retired && named == nil)
    #expect(try fixture.run(run).connectorName == "lead")
    let again = try put("{}", hash: "1", token: "t2")
    #expect(again.id != row.id && again.version == 1 && again.isNew)
  }

  @Test func `a draft is kept apart, has no URL and is not listed`() throws {
    let draft = try put("{}", hash: "1", isDraft: true)
    #expect(draft.token == "")
    let saved = try put("{}", hash: "1")
    #expect(saved.id != draft.id && saved.isNew)
    let listed = try store.readAndWait { read throws(StoreError) in try read.connectorList("acme") }
    #expect(listed.map(\.id) == [saved.id])
  }

  @Test func `a disabled connector stays disabled through a new version`() throws {
    let row = try put("{}", hash: "1")
    try store.writeAndWait { write throws(StoreError) in
      try write.connectorEnable(row.id, false, nowMS: 6)
    }
    #expect(try !put("{ }", hash: "2").isEnabled)
    let missing = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        try write.connectorEnable(ConnectorID(99), true, nowMS: 6)
      }
    }
    #expect(missing == .notFound)
  }

  @Test func `plugin states, projects and credentials are kept by name`() throws {
    let state = PluginState(isEnabled: true, hash: "abc", grants: #"{"hosts":["a.example"]}"#)
    let credential = CredentialRow(
      project: "acme", name: "smtp", kind: "smtp", fields: #"{"host":"mail"}"#,
      sealed: [1, 0, 255], keyID: "k1", updatedAt: 7)
    try store.writeAndWait { write throws(StoreError) in
      try write.projectPut("acme", document: #"{"name":"acme"}"#, nowMS: 1)
      try write.pluginStatePut("acme", "http", state)
      try write.credentialPut(credential)
    }
    let (project, states, found) = try store.readAndWait { read throws(StoreError) in
      (
        try read.projectGet("acme"), try read.pluginStateList("acme").map(\.state),
        try read.credentialGet("acme", "smtp")
      )
    }
    #expect(project == #"{"name":"acme"}"#)
    #expect(states == [state])
    #expect(found == credential)
    let removed = try store.writeAndWait { write throws(StoreError) in
      [try write.credentialRemove("acme", "smtp"), try write.credentialRemove("acme", "smtp")]
    }
    #expect(removed == [true, false])
    let left = try store.readAndWait { read throws(StoreError) in
      (try read.pluginStateGet("other", "http"), try read.credentialList("acme").count)
    }
    #expect(left.0 == nil && left.1 == 0)
  }
}

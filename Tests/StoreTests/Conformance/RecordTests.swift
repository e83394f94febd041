// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values

/// A collection with a folded unique key of two fields and indexes.
func contactSchema() -> RecordSchema {
  var manifest = CollectionManifest(name: "contact")
  var email = CollectionField(name: "email", type: .email)
  email.folds = true
  manifest.fields = [
    CollectionField(name: "channel", type: .text), CollectionField(name: "number", type: .text),
    email, CollectionField(name: "name", type: .text), CollectionField(name: "tags", type: .list),
    CollectionField(name: "level", type: .integer), CollectionField(name: "fields", type: .object),
    CollectionField(name: "deleted_at", type: .dateTime),
  ]
  manifest.unique = [["channel", "number"], ["email"]]
  manifest.indexes = [["name"], ["tags"], ["level", "created_at"], ["fields.company"]]
  return RecordSchema(manifest)
}

@Suite struct RecordTests {
  let fixture: StoreFixture
  let schema = contactSchema()
  var store: Store { fixture.store }

  init() throws { fixture = try StoreFixture() }

  private func apply(_ writes: [RecordWrite], nowMS: Int64 = 1_000) throws(StoreError)
    -> [RecordRow]
  {
    try store.writeAndWait { write throws(StoreError) in
      try write.recordsApply("acme", writes, nowMS: nowMS)
    }
  }

  private func put(
    _ fields: JSONObject, id: RecordID? = nil, _ expectation: RecordWrite.Expectation = .new,
    nowMS: Int64 = 1_000
  ) throws(StoreError) -> RecordRow {
    let write = RecordWrite(
      .put, schema, id: id ?? store.recordIDs.reserve(), expectation: expectation, fields: fields)
    return try apply([write], nowMS: nowMS)[0]
  }

  private func get(_ id: RecordID, project: ProjectID = "acme") throws -> RecordRow? {
    try store.readAndWait { read throws(StoreError) in
      try read.recordGet(project, collection: "contact", id: id)
    }
  }

  @Test func `a new record is read back with its head`() throws {
    let made = try put(["name": "Ana", "id": "a field of that name loses"])
    let row = try #require(try get(made.id))
    #expect(row == made && row.version == 1)
    #expect(
      row.document
        == [
          "id": .text(made.id.text), "version": 1, "created_at": "1970-01-01T00:00:01Z",
          "updated_at": "1970-01-01T00:00:01Z", "name": "Ana",
        ])
    #expect(try get(made.id, project: "other") == nil)
  }

  @Test func `a put replaces the fields, a merge keeps the others`() throws {
    let made = try put(["name": "Ana", "level": 1])
    let merged = try put(["level": 2], id: made.id, .any, nowMS: 2_000)
    #expect(merged.fields == ["name": "Ana", "level": 2] && merged.version == 2)
    #expect(merged.createdAt == 1_000 && merged.updatedAt == 2_000)
    let replaced = try put(["level": 3], id: made.id, .version(2))
    #expect(replaced.fields == ["level": 3] && replaced.version == 3)
  }

  @Test func `a write on an old version loses and changes nothing`() throws {
    let made = try put(["name": "Ana"])
    _ = try put(["name": "Bo"], id: made.id, .version(1))
    let schema = schema
    #expect(
      code { () throws(StoreError) in _ = try put(["name": "C"], id: made.id, .version(1)) }
        == .conflictVersion)
    #expect(
      code { () throws(StoreError) in _ = try put(["name": "C"], id: made.id, .new) }
        == .conflictVersion)
    #expect(
      code { () throws(StoreError) in
        _ = try apply([RecordWrite(.remove, schema, id: made.id, expectation: .version(1))])
      } == .conflictVersion)
    #expect(try get(made.id)?.fields == ["name": "Bo"])
  }

  @Test func `writes of one call are all or none`() throws {
    let made = try put(["channel": "wa", "number": "1"])
    let first = RecordWrite(
      .put, schema, id: store.recordIDs.reserve(), expectation: .new, fields: ["name": "new"])
    let second = RecordWrite(
      .put, schema, id: store.recordIDs.reserve(), expectation: .new,
      fields: ["channel": "wa", "number": "1"])
    #expect(code { () throws(StoreError) in _ = try apply([first, second]) } == .conflictUnique)
    #expect(try get(first.id) == nil)
    _ = try apply([RecordWrite(.remove, schema, id: made.id, expectation: .version(1)), second])
    #expect(try get(second.id) != nil)
    #expect(try get(made.id) == nil)
  }

  @Test func `a unique value is taken by one record, in its project, while not deleted`() throws {
    let ana = try put(["channel": "wa", "number": "1", "email": "Ana@X.example"])
    let same: JSONObject = ["channel": "wa", "number": "1"]
    #expect(code { () throws(StoreError) in _ = try put(same) } == .conflictUnique)
    // Folded, and canonically equal.
    #expect(
      code { () throws(StoreError) in _ = try put(["email": " ana@x.EXAMPLE "]) }
        == .conflictUnique)
    _ = try put(["channel": "wa", "number": "2"])
    // An integer is not the text of its digits, and what is missing or empty is not unique.
    _ = try put(["channel": "wa", "number": 1])
    _ = try put(["channel": "wa"])
    _ = try put(["channel": "wa", "number": ""])
    _ = try put(["channel": "wa", "number": .null])
    // Taken again after the first is marked deleted, and then not by it.
    _ = try put(["deleted_at": "2026-01-01"], id: ana.id, .any)
    _ = try put(same)
    #expect(
      code { () throws(StoreError) in _ = try put(["deleted_at": .null], id: ana.id, .any) }
        == .conflictUnique)
  }

  @Test func `of two writers of one unique value one wins`() async throws {
    let results = await withTaskGroup(of: StoreError.Code?.self) { group in
      for _ in 0..<20 {
        group.addTask { [store, schema] in
          let write = RecordWrite(
            .put, schema, id: store.recordIDs.reserve(), expectation: .new,
            fields: ["email": "one@x.example"])
          return await withCheckedContinuation { continuation in
            store.write { transaction throws(StoreError) in
              try transaction.recordsApply("acme", [write], nowMS: 1)
            } completion: { result in
              if case .failure(let error) = result {
                continuation.resume(returning: error.code)
              } else {
                continuation.resume(returning: nil)
              }
            }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.filter { $0 == nil }.count == 1)
    #expect(results.filter { $0 == .conflictUnique }.count == 19)
  }

  @Test func `removing is idempotent without a version, and frees the unique values`() throws {
    let made = try put(["email": "a@x.example"])
    let remove = RecordWrite(.remove, schema, id: made.id, expectation: .any)
    _ = try apply([remove])
    _ = try apply([remove])
    _ = try put(["email": "a@x.example"])
  }

  @Test func `a record over 64 KiB is refused with what to do`() throws {
    do {
      _ = try put(["name": .text(String(repeating: "x", count: 65_536))])
      Issue.record("a large record was written")
    } catch {
      #expect(error.code == .tooLarge && error.message.contains("65536"))
    }
  }

  @Test func `ids grow over restarts and removals, and belong to one collection`() throws {
    let made = try put(["name": "a"])
    _ = try apply([RecordWrite(.remove, schema, id: made.id, expectation: .any)])
    store.close()
    let again = try Store.open(folder: fixture.folder.path)
    defer { again.close() }
    #expect(again.recordIDs.reserve() > made.id)
    let other = RecordSchema(CollectionManifest(name: "other"))
    let id = again.recordIDs.reserve()
    let refused = code { () throws(StoreError) in
      _ = try again.writeAndWait { [schema] write throws(StoreError) in
        try write.recordsApply(
          "acme", [RecordWrite(.put, schema, id: id, expectation: .new)], nowMS: 1)
      }
      _ = try again.writeAndWait { write throws(StoreError) in
        try write.recordsApply(
          "acme", [RecordWrite(.put, other, id: id, expectation: .any)], nowMS: 1)
      }
    }
    #expect(refused == .notFound)
  }

  @Test func `a text id is a number as it is written, nothing else`() {
    #expect(RecordID(text: "12") == RecordID(12))
    for text in ["", "0", "-1", "012", "1.0", "1 ", "x", "99999999999999999999", "+1"] {
      #expect(RecordID(text: text) == nil, "\(text)")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values

@testable import HostServices

/// `put_now` of records.h: what must exist before a request leaves.
@Suite(.timeLimit(.minutes(20))) struct RecordsNowTests {
  private static func user(_ name: String, _ email: String) -> JSONValue {
    ["collection": "user", "version": 0, "fields": ["name": .text(name), "email": .text(email)]]
  }

  private func stored(_ host: ServicesFixture, _ id: String?) throws -> RecordRow? {
    let id = try #require(id.flatMap { RecordID(text: $0) })
    return try host.store.readAndWait { transaction throws(StoreError) in
      try transaction.recordGet("acme", collection: "user", id: id)
    }
  }

  @Test func `it is stored while the call runs, and no part of its outcome`() async throws {
    let host = try ServicesFixture(writes: ["user"])
    try await host.open(1)
    let made = await host.ask(.recordsPutNow, Self.user("Di", "di@example.com"))
    #expect(made.status == 0 && made.value["name"] == "Di" && made.value["version"] == 1)
    let id = made.value["id"]?.asText
    #expect(try stored(host, id)?.fields["email"] == "di@example.com")
    let services = host.services
    let gathered = await host.loop.perform { services.writes(of: 1).count }
    #expect(gathered == 0)
    // A query of the call sees it.
    let query: JSONValue = [
      "collection": "user",
      "query": ["where": ["all": [["field": "email", "op": "is", "right": "di@example.com"]]]],
    ]
    let found = await host.ask(.recordsQuery, query)
    #expect(found.value["records"]?.asList?.count == 1, "\(found)")
    await host.stop()
  }

  @Test func `a unique value that is taken is a conflict, and nothing is written`() async throws {
    let host = try ServicesFixture(writes: ["user"])
    try await host.open(1)
    let taken = await host.ask(.recordsPutNow, Self.user("Impostor", "BO@example.com"))
    #expect(taken.status == 4 && taken.code == "conflict_unique", "\(taken)")
    let found = await host.ask(.recordsQuery, ["collection": "user", "query": ["total": true]])
    #expect(found.value["total"] == 2)
    await host.stop()
  }

  @Test func `one that is there is merged into, or written at its version`() async throws {
    let host = try ServicesFixture(writes: ["user"])
    try await host.open(1)
    let id = await host.ask(.recordsPutNow, Self.user("Di", "di@example.com")).value["id"] ?? ""
    func put(_ version: Int64, _ name: String) async -> ServiceAnswer {
      await host.ask(
        .recordsPutNow,
        [
          "collection": "user", "id": id, "version": .integer(version),
          "fields": ["name": .text(name)],
        ])
    }
    #expect(await put(-1, "Dia").value["email"] == "di@example.com")
    #expect(await put(1, "Late").code == "conflict_version")
    #expect(await put(2, "Third").value["version"] == 3)
    #expect(try stored(host, id.asText)?.fields["email"] == nil)
    await host.stop()
  }

  @Test func `what put refuses is refused here`() async throws {
    let host = try ServicesFixture(writes: ["user"])
    try await host.open(1)
    func code(_ request: JSONValue) async -> String? {
      await host.ask(.recordsPutNow, request).code
    }
    #expect(await code(["collection": "contact", "fields": [:]]) == "collection_not_granted")
    #expect(await code(["collection": "nothing", "fields": [:]]) == "unknown_collection")
    #expect(await code(["collection": "user", "fields": ["shoe": 1]]) == "bad_record")
    #expect(await code(["collection": "user"]) == "bad_fields")
    #expect(
      await code(["collection": "user", "id": "999999", "version": -1, "fields": [:]])
        == "record_not_found")
    #expect(
      await code(["collection": "user", "id": "garbage", "version": -1, "fields": [:]])
        == "record_not_found")
    await host.stop()
  }

  @Test func `a record is written at once or with the outcome, not both`() async throws {
    let host = try ServicesFixture(writes: ["user"])
    try await host.open(1)
    let id = await host.ask(.recordsPutNow, Self.user("Di", "di@example.com")).value["id"] ?? ""
    let merge: JSONValue = [
      "collection": "user", "id": id, "version": -1, "fields": ["name": "Dia"],
    ]
    #expect(await host.ask(.recordsPut, merge).status == 0)
    #expect(await host.ask(.recordsPutNow, merge).code == "written_twice")
    await host.stop()
  }
}

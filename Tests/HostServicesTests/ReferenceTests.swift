// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values

@testable import HostServices

/// spec/actions.md: a thing named by id and by name is one serial key.
@Suite(.timeLimit(.minutes(20))) struct ReferenceTests {
  private func ids(
    _ host: ServicesFixture, _ kind: String, _ value: JSONValue
  ) async throws -> [String] {
    let result = await host.loop.answer {
      [services = host.services, setup = host.setup]
      (answer: @escaping @Sendable (Result<[String: [String]], ActionFailure>) -> Void) in
      services.resolve(["it": .init(kind: kind, value: value)], in: setup) { answer($0) }
    }
    return try result.get()["it"] ?? []
  }

  @Test func `id, name in any case and each unique text mean one record`() async throws {
    let host = try ServicesFixture()
    let bo = try await ids(host, "user", "bo@example.com")
    #expect(bo.first.flatMap { RecordID(text: $0) } != nil)
    for other in [.text(bo[0]), " BO@Example.com ", "b1", .integer(Int64(bo[0]) ?? 0),
      ["id": .text(bo[0])]] as [JSONValue]
    {
      #expect(try await ids(host, "user", other) == bo, "\(other)")
    }
    let channel = try await ids(host, "channel", "wa main")
    #expect(channel != bo && RecordID(text: channel[0]) != nil)
    await host.stop()
  }

  @Test func `a list gives several, each once, and what is unknown stays its text`() async throws {
    let host = try ServicesFixture()
    let both = try await ids(host, "user", ["b1", "cy@example.com", "BO@example.com", " Nobody "])
    #expect(both.count == 3 && both.last == "nobody")
    #expect(try await ids(host, "user", "999") == ["999"])
    #expect(try await ids(host, "no_collection", "Some Thing") == ["some thing"])
    #expect(try await ids(host, "user", .null) == ["null"])
    #expect(try await ids(host, "connector", "Night_Desk") == ["2"])
    #expect(try await ids(host, "connector", "Elsewhere") == ["elsewhere"])
    await host.stop()
  }

  @Test func `a contact is one by id, object, or channel and number in any spelling`()
    async throws
  {
    let host = try ServicesFixture()
    let id = host.contact.text
    let channel = try await ids(host, "channel", "WA Main")[0]
    for reference in [
      .text(id), ["id": .text(id)], ["channel": "wa main", "number": "+49 (170) 123-4567"],
      ["channel": .text(channel), "number": "0049 170 1234567"],
      ["channel": .text(channel), "number": 491_701_234_567],
    ] as [JSONValue] {
      #expect(try await ids(host, "contact", reference) == [id], "\(reference)")
    }
    let unknown = try await ids(host, "contact", ["channel": "wa main", "number": "49 111"])
    #expect(unknown == ["\(channel) 49111"])
    await host.stop()
  }
}

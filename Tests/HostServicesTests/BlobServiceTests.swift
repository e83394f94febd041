// SPDX-License-Identifier: Apache-2.0
import Crypto
import Pipeline
import Store
import TestKit
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// `blobs.h`: what a call may write, and which blobs it may read.
@Suite(.timeLimit(.minutes(20))) struct BlobServiceTests {
  /// Writes a blob in a call and returns the value that names it.
  private func make(
    _ host: ServicesFixture, _ text: String, in call: UInt64 = 1
  ) async throws -> JSONValue {
    let draft = await host.ask(call, .blobsCreate, ["type": "text/plain", "name": "a.txt"])
    let number = try #require(draft.value["draft"])
    let middle = text.utf8.count / 2
    for piece in [Array(text.utf8.prefix(middle)), Array(text.utf8.dropFirst(middle))] {
      let added = await host.ask(call, .blobsAppend, ["draft": number], body: piece)
      #expect(added.status == 0, "\(added)")
    }
    let made = await host.ask(call, .blobsFinish, ["draft": number])
    #expect(made.status == 0, "\(made)")
    return made.value
  }

  private func read(
    _ host: ServicesFixture, _ blob: JSONValue, in call: UInt64, parameters: JSONValue = [:],
    offset: Int64 = 0, size: Int64 = 1_000
  ) async -> ServiceAnswer {
    await host.ask(
      call, .blobsRead, ["blob": blob, "offset": .integer(offset), "size": .integer(size)],
      parameters: parameters)
  }

  @Test func `a call reads what it wrote, piece by piece`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let blob = try await make(host, "hello blob")
    let digest = Hex.encode(try Sodium.load().sha256(Array("hello blob".utf8)))
    #expect(
      blob == [
        "blob": .text("sha256-\(digest)"), "type": "text/plain", "bytes": 10, "name": "a.txt",
      ])
    #expect(await host.ask(.blobsLook, ["blob": blob]).value == blob)
    #expect(await read(host, blob, in: 1).body == Array("hello blob".utf8))
    #expect(await read(host, blob, in: 1, offset: 6, size: 2).body == Array("bl".utf8))
    #expect(await read(host, blob, in: 1, offset: 10).body == [])
    #expect(await read(host, blob, in: 1, offset: 1 << 40).body == [])
    #expect(TestFile.text(of: host.data("blobs/acme/\(digest)")) == "hello blob")
    await host.stop()
  }

  @Test func `only what was handed over by its run, or made, is read, and a guess gives nothing`()
    async throws
  {
    let host = try ServicesFixture()
    let runs = try await started(host, 2)
    try await host.open(1, run: runs[0])
    let blob = try await make(host, "the secret plan")
    try await host.open(2, run: runs[0])
    try await host.open(3, run: runs[1])
    try await host.open(4, run: runs[0], project: "other")
    try await host.open(5, run: runs[0])
    try await host.open(6, run: runs[0])
    let handed: JSONValue = ["file": blob]

    #expect(await read(host, blob, in: 2, parameters: handed).status == 0)
    let none = JSONValue.text("sha256-" + String(repeating: "0", count: 64))
    var refusals: Set<String> = []
    for (call, parameters, wanted) in [
      (5, [:], blob), (3, handed, blob), (4, handed, blob), (6, ["file": none], none),
    ] as [(UInt64, JSONValue, JSONValue)] {
      let answer = await read(host, wanted, in: call, parameters: parameters)
      #expect(answer.code == "blob_not_found" && answer.status == 3, "\(call): \(answer)")
      refusals.insert(answer.message ?? "")
    }
    #expect(refusals.count == 1, "what is there and what is not cannot be told apart")
    await host.stop()
  }

  /// Runs that are in the store, as a call's run is.
  private func started(_ host: ServicesFixture, _ count: Int) async throws -> [Int64] {
    try host.store.writeAndWait { transaction throws(StoreError) in
      let row = try transaction.connectorPut(
        project: "acme", name: "orders", document: "{}", contentHash: "h", nowMS: 1,
        makeToken: { "token" })
      return try (0..<count).map { _ throws(StoreError) in
        try transaction.eventAccept(
          NewEvent(project: "acme", connector: row.id, version: row.version, body: "{}"), nowMS: 1
        ).run.rawValue
      }
    }
  }

  @Test func `the gallery is read by who may read it`() async throws {
    for mayRead in [true, false] {
      let host = try ServicesFixture(reads: mayRead ? ["media"] : [])
      try await host.open(1)
      let blob = try await make(host, "logo")
      let schema = try #require(host.setup.collections["media"])
      let id = host.store.recordIDs.reserve()
      try host.store.writeAndWait { transaction throws(StoreError) -> Void in
        _ = try transaction.recordsApply(
          "acme",
          [
            RecordWrite(
              .put, schema, id: id, expectation: .new,
              fields: ["name": "logo", "blob": blob["blob"] ?? .null])
          ], nowMS: 1)
      }
      try await host.open(2, run: 77)
      let answer = await read(host, blob, in: 2)
      #expect((answer.status == 0) == mayRead, "\(answer)")
      await host.stop()
    }
  }

  @Test(arguments: [
    ["type": "text", "name": ""], ["type": "a/b\r\nX: y", "name": ""],
    ["type": "", "name": "../a"], ["type": "", "name": "a\u{0}b"], ["type": "", "name": ".."],
  ] as [JSONValue])
  func `a type or name that is none is refused`(_ request: JSONValue) async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let answer = await host.ask(.blobsCreate, request)
    #expect(answer.status == 1 && ["bad_type", "bad_name"].contains(answer.code ?? ""))
    await host.stop()
  }

  @Test func `everything has a limit, and a draft is finished once`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    for _ in 0..<HostServicesLimits.blobDrafts {
      #expect(await host.ask(.blobsCreate, [:]).status == 0)
    }
    #expect(await host.ask(.blobsCreate, [:]).code == "too_many_drafts")
    let piece = [UInt8](repeating: 7, count: StoreLimits.blobPiece)
    #expect(
      await host.ask(.blobsAppend, ["draft": 1], body: piece + [1]).code == "piece_too_large")
    #expect(await host.ask(.blobsAppend, ["draft": 99], body: [1]).code == "no_draft")
    #expect(await host.ask(.blobsFinish, ["draft": 1]).status == 0)
    #expect(await host.ask(.blobsFinish, ["draft": 1]).code == "no_draft")
    // One blob to its end, then the call to its own.
    for _ in 0..<400 {
      #expect(await host.ask(.blobsAppend, ["draft": 2], body: piece).status == 0)
    }
    #expect(await host.ask(.blobsAppend, ["draft": 2], body: [1]).code == "blob_too_large")
    for draft in [3, 4] as [JSONValue] {
      for _ in 0..<312 { _ = await host.ask(.blobsAppend, ["draft": draft], body: piece) }
    }
    #expect(await host.ask(.blobsAppend, ["draft": 4], body: piece).code == "too_many_blobs")
    #expect(await host.ask(.blobsRead, ["blob": "x", "size": 1]).code == "bad_blob")
    let most = Int64(StoreLimits.blobPiece)
    for wrong in [["size": .integer(most + 1)], ["size": -1], ["offset": -1]] as [JSONObject] {
      #expect(await host.ask(.blobsRead, .object(wrong)).code == "piece_too_large")
    }
    await host.loop.perform { [services = host.services] in services.release(1) }
    // The thread of blobs does one thing after the other.
    try await host.open(2)
    #expect(await host.ask(2, .blobsCreate, [:]).status == 0)
    #expect(host.data.names(in: "blobs/.incoming").count == 1, "what was not finished is gone")
    await host.stop()
  }

  @Test(arguments: [
    ["body_blob": "sha256-x"], ["parts": []], ["parts": [["name": "a"]]],
    ["parts": [["name": "a\nb", "value": "x"]]], ["parts": [["name": "a", "value": 1]]],
    ["parts": [["name": "a", "value": "x", "blob": "y"]]],
    ["parts": .list(Array(repeating: ["name": "a", "value": "x"], count: 101))],
    ["parts": [["name": "a", "value": "x"]], "body_blob": "sha256-x"],
  ] as [JSONObject])
  func `a body that cannot be is refused before anything is sent`(
    _ members: JSONObject
  ) async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    var request: JSONObject = ["method": "POST", "url": "http://peer.test/answer"]
    for member in members { request[member.name] = member.value }
    let answer = await host.ask(.httpSend, .object(request))
    #expect(answer.status == 1, "\(answer)")
    #expect(["bad_blob", "bad_part", "two_bodies"].contains(answer.code ?? ""), "\(answer)")
    await host.stop()
  }

  @Test func `two bodies are refused, and a blob that is not there`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let none = JSONValue.text("sha256-" + String(repeating: "0", count: 64))
    let request: JSONValue = [
      "method": "POST", "url": "http://peer.test/answer", "body_blob": ["blob": none],
    ]
    #expect(await host.ask(.httpSend, request, body: [1]).code == "two_bodies")
    #expect(await host.ask(.httpSend, request).code == "blob_not_found")
    await host.stop()
  }
}

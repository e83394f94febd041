// SPDX-License-Identifier: Apache-2.0
import Pipeline
import PluginHost
import Store
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// What is noted of a call while it runs, and what becomes of it.
@Suite(.timeLimit(.minutes(20))) struct TranscriptTests {
  private static let url = "http://peer.test/orders"

  private func transcript(_ host: ServicesFixture, _ number: UInt64 = 1) async -> CallTranscript? {
    let secret = ServicesFixture.secret
    return await host.loop.perform { [services = host.services] in
      services.transcript(
        of: number,
        CalledAction(
          action: "services.run", connector: "orders", component: "act", budgetMS: 60_000,
          startedAt: 1, durationMS: 2, parameters: ["note": .text("my \(secret)")],
          context: [:]),
        ending: .returned(.failed, ["code": "c", "message": .text("no \(secret)!")]))
    }
  }

  private func noted(_ host: ServicesFixture) async -> Int {
    await host.loop.perform { [services = host.services] in services.noteBytes }
  }

  @Test func `requests stand in their order with their answers, refusals among them`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    _ = await host.ask(
      .httpSend, ["method": "POST", "url": .text(Self.url)], body: Array("{}".utf8))
    _ = await host.ask(.httpSend, ["url": "http://other.test/"])
    _ = await host.ask(.recordsGet, ["collection": "contact", "id": .text(host.contact.text)])
    let written = try #require(await transcript(host))
    #expect(written.exchanges.map(\.service) == ["http.send", "http.send", "records.get"])
    #expect(written.exchanges.map(\.after) == [0, 1, 2])
    #expect(written.exchanges.compactMap { $0.answer?.order } == [1, 2, 3])
    #expect(written.exchanges[0].request.body == Array("{}".utf8))
    #expect(written.exchanges[0].answer?.message.body == Array("{}".utf8))
    #expect(written.exchanges[1].answer?.errorClass == .denied)
    #expect(written.exchanges[1].answer?.message.json["code"] == "host_not_granted")
    #expect(written.exchanges[2].answer?.errorClass == .denied)
    let manifest = host.plugin.manifest
    #expect(
      written.plugin.interfaces == manifest.requiredInterfaces + manifest.optionalInterfaces)
    #expect(written.run == 9 && written.key == "k-9-0-0" && written.attempt == 1)
    await host.stop()
  }

  @Test func `a credential that was used is struck out of all of it`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let secret = ServicesFixture.secret
    _ = await host.ask(
      .httpSend,
      [
        "method": "POST", "url": "http://peer.test/?k=s3cr3t%2F%22K%C3%A4se%22%20xyz",
        "credential": "key",
      ], body: Array("raw \(secret)".utf8))
    let written = try #require(await transcript(host))
    #expect(written.parameters == ["note": "my ***"])
    #expect(written.ending == .returned(.failed, ["code": "c", "message": "no ***!"]))
    #expect(written.exchanges[0].request.body == Array("raw ***".utf8))
    #expect(written.exchanges[0].request.json["url"] == "http://peer.test/?k=***")
    #expect(written.exchanges[0].request.json["credential"] == "key")
    let text = written.value.json
    #expect(!text.contains("s3cr3t") && !text.contains("K\u{E4}se"), "\(text)")
    await host.stop()
  }

  @Test func `what does not fit is noted with its size, and the room comes back`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let long = [UInt8](repeating: 0x61, count: 150_000)
    for _ in 0..<2 {
      _ = await host.ask(.httpSend, ["method": "POST", "url": .text(Self.url)], body: long)
    }
    let written = try #require(await transcript(host))
    #expect(written.exchanges[0].request.body.count == 150_000)
    #expect((written.exchanges[0].answer?.message.cutBytes ?? 0) > 150_000)
    #expect((written.exchanges[1].request.cutBytes ?? 0) > 150_000)
    let bytes = await noted(host)
    #expect((150_000...HostServicesLimits.transcriptBytes).contains(bytes))
    await host.loop.perform { [services = host.services] in services.release(1) }
    #expect(await noted(host) == 0)
    #expect(await transcript(host) == nil)
    await host.stop()
  }

  @Test func `all calls together have one bound`() async throws {
    let host = try ServicesFixture()
    let long = [UInt8](repeating: 0x61, count: 200_000)
    let calls = UInt64(HostServicesLimits.allTranscriptBytes / 200_000 + 2)
    for number in 1...calls {
      try await host.open(number)
      // Refused, and noted all the same.
      _ = await host.ask(number, .httpSend, ["url": "http://other.test/"], body: long)
    }
    #expect(await noted(host) <= HostServicesLimits.allTranscriptBytes)
    let last = try #require(await transcript(host, calls))
    #expect((last.exchanges[0].request.cutBytes ?? 0) > 200_000)
    await host.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// spec/engine.md: the exchanges are kept in full for viewing, secrets redacted by value.
@Suite(.timeLimit(.minutes(20))) struct ExchangeTests {
  private static let url = "http://peer.test/orders"

  @Test func `an exchange is kept with both its sides`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    _ = await host.ask(
      .httpSend, ["method": "POST", "url": .text(Self.url), "headers": ["x-a": "1"]],
      body: Array("{\"n\":1}".utf8))
    let kept = try #require(await host.exchanges().first)
    #expect(kept.connector == ConnectorID(1) && kept.component == "act" && kept.run == RunID(9))
    #expect(kept.startedAt == 1_000 && kept.status == 200)
    #expect(
      try JSONValue(parsing: kept.head) == [
        "attempt": 1,
        "request": ["method": "POST", "url": .text(Self.url), "headers": ["x-a": "1"]],
        "response": ["status": 200, "headers": [:], "url": .text(Self.url)],
      ])
    #expect(String(decoding: kept.request, as: UTF8.self) == "{\"n\":1}" && kept.requestSize == 7)
    #expect(kept.response == kept.request && kept.responseSize == 7)
    try host.store.writeAndWait { transaction throws(StoreError) -> Void in
      try transaction.exchangePut(kept)
    }
    await host.stop()
  }

  @Test func `the credential is in neither side, however the author wrote it`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let secret = ServicesFixture.secret
    let escaped = String(JSONValue.text(secret).json.dropFirst().dropLast())
    let answer = await host.ask(
      .httpSend,
      [
        "method": "POST", "url": "http://peer.test/?k=s3cr3t%2F%22K%C3%A4se%22%20xyz",
        "headers": ["x-key": .text("Key \(secret)"), "x-list": [.text(secret)]],
        "credential": "key",
      ], body: Array("raw \(secret) json \(escaped) low s3cr3t%2f%22K%c3%a4se%22%20xyz".utf8))
    #expect(answer.status == 0, "\(answer)")
    let kept = try #require(await host.exchanges().first)
    #expect(String(decoding: kept.request, as: UTF8.self) == "raw *** json *** low ***")
    let request = try #require(try JSONValue(parsing: kept.head)["request"])
    #expect(request["headers"] == ["x-key": "Key ***", "x-list": ["***"]])
    #expect(request["url"] == "http://peer.test/?k=***" && request["credential"] == "key")
    #expect(String(decoding: kept.response, as: UTF8.self) == "raw *** json *** low ***")
    #expect(!kept.head.contains("s3cr3t") && !kept.head.contains("K\u{E4}se"), "\(kept.head)")
    await host.stop()
  }

  @Test func `a secret across the cut of a long body is not kept in part`() {
    let secret = String(repeating: "abcdefghij", count: 10)
    let redaction = SecretRedaction(secrets: [secret])
    for lead in 0..<120 {
      let body = Array((String(repeating: "-", count: lead) + secret + "tail").utf8)
      let kept = String(decoding: redaction.redacted(body[...], first: 60), as: UTF8.self)
      #expect(!kept.contains("abc"), "\(kept)")
    }
  }

  @Test func `each side has its bound, and says what was left out`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let long = [UInt8](repeating: 0xFF, count: 100_000)
    _ = await host.ask(.httpSend, ["url": .text(Self.url)], body: long)
    _ = await host.ask(
      .httpSend,
      ["url": .text(Self.url), "headers": ["x": .text(String(repeating: "\u{1}", count: 70_000))]])
    let kept = await host.exchanges()
    #expect(kept[0].request == Array(long.prefix(64 << 10)) && kept[0].requestSize == 100_000)
    #expect(kept[0].response.count == 64 << 10 && kept[0].responseSize == 100_000)
    let request = try JSONValue(parsing: kept[1].head)["request"]
    #expect(request?["headers_cut"] == true && request?["headers"] == nil)
    #expect(kept[1].head.utf8.count <= StoreLimits.exchangeBytes)
    await host.stop()
  }

  @Test func `the last twenty of a call are kept, and those without an answer too`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    for number in 1...25 {
      _ = await host.ask(.httpSend, ["url": .text("http://peer.test/\(number)")])
    }
    let urls = try await host.exchanges().map { try JSONValue(parsing: $0.head)["request"]?["url"] }
    #expect(urls == (6...25).map { .text("http://peer.test/\($0)") })
    var open = KeptExchange(
      request: ["url": "u"], body: [], secrets: SecretRedaction(), startedAt: 5)
    let order = CallOrderFacts(
      number: 1, run: RunID(9), project: "acme", plugin: "http", effect: .pure, key: "k",
      mayHaveSent: false)
    let unanswered = open.row(of: order, by: host.caller())
    #expect(unanswered.status == nil)
    #expect(try JSONValue(parsing: unanswered.head) == ["attempt": 1, "request": ["url": "u"]])
    open.finish(.failure(.unavailable, "no_connection", "none"), milliseconds: 3)
    let failed = open.row(of: order, by: host.caller())
    #expect(failed.head.contains("no_connection") && failed.durationMS == 3)
    await host.stop()
  }

  @Test func `a request that was refused is no exchange`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    #expect(await host.ask(.httpSend, ["url": "http://other.test/"]).code == "host_not_granted")
    #expect(await host.exchanges().isEmpty)
    await host.stop()
  }
}

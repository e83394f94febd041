// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// The ledger answers a try that runs again after a crash; a retry asks anew.
@Suite(.timeLimit(.minutes(20))) struct LedgerTests {
  private static let request: JSONValue = ["method": "POST", "url": "http://peer.test/pay"]
  private static let body = Array("new".utf8)

  /// What a try that died left in the ledger, with an answer or without.
  private func leave(_ host: ServicesFixture, key: String, answer: String?) throws {
    let digest = host.services.digest(Self.request.jsonBytes + Self.body)
    let head: JSONValue = ["status": 200, "headers": [:]]
    try host.store.writeAndWait { transaction throws(StoreError) -> Void in
      try transaction.egressIntent(
        RunID(9), attempt: key, request: 1, effect: .atMostOnce, digest: digest)
      guard let answer else { return try transaction.egressLeft(RunID(9), attempt: key, request: 1) }
      try transaction.egressAnswered(
        RunID(9), attempt: key, request: 1,
        response: StoredAnswer(head: head.jsonBytes, body: Array(answer.utf8)).bytes)
    }
  }

  private func send(
    _ host: ServicesFixture, _ number: UInt64, attempt: Int
  ) async throws -> ServiceAnswer {
    try await host.open(number, attempt: attempt, mayHaveSent: true)
    return await host.ask(number, .httpSend, Self.request, body: Self.body)
  }

  @Test func `the same attempt gets the stored answer, the next one the peer's`() async throws {
    let host = try ServicesFixture()
    try leave(host, key: "k-9-0-0", answer: "stored")
    let again = try await send(host, 1, attempt: 1)
    #expect(String(decoding: again.body, as: UTF8.self) == "stored")
    let retry = try await send(host, 2, attempt: 2)
    #expect(retry.status == 0 && String(decoding: retry.body, as: UTF8.self) == "new")
    await host.stop()
  }

  @Test func `an answer of a retry is not given to another, but to itself after a crash`()
    async throws
  {
    let host = try ServicesFixture()
    try leave(host, key: "k-9-0-0#2", answer: "second")
    for (number, attempt, body) in [(1, 2, "second"), (2, 1, "new"), (3, 3, "new")] {
      let answer = try await send(host, UInt64(number), attempt: attempt)
      #expect(String(decoding: answer.body, as: UTF8.self) == body, "attempt \(attempt)")
    }
    await host.stop()
  }

  /// `on_unknown: retry`.
  @Test func `a request that left without an answer keeps its attempt unknown, not the next`()
    async throws
  {
    let host = try ServicesFixture()
    try leave(host, key: "k-9-0-0", answer: nil)
    let again = try await send(host, 1, attempt: 1)
    #expect(again.status == 8 && again.code == "interrupted")
    let retry = try await send(host, 2, attempt: 2)
    #expect(retry.status == 0 && String(decoding: retry.body, as: UTF8.self) == "new")
    let rows = try host.store.readAndWait { transaction throws(StoreError) in
      try transaction.egressList(RunID(9), attempt: "k-9-0-0#2")
    }
    #expect(rows.map(\.row.state) == [.answered], "a retry has a ledger of its own")
    await host.stop()
  }
}

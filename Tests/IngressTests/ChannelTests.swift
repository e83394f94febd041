// SPDX-License-Identifier: Apache-2.0
// A channel's door: the question of a provider, secrets in fields, bodies as they are.
import Crypto
import Ingress
import Testing
import Values

@testable import Pipeline

@Suite struct ChannelTests {
  /// A door as the host makes it of a channel.
  private func fixture(
    _ secrets: [CredentialName: [String]] = ["wa.app_secret.next": ["s1", "s2"], "wa.verify": ["v"]]
  ) throws -> IngressFixture {
    var fixture = try IngressFixture()
    var auth = WebhookAuth(scheme: .meta, secrets: [])
    auth.held = WebhookSecret(credential: "wa", fields: ["app_secret", "next"])
    fixture.trigger.auth = [auth]
    fixture.trigger.isOfChannel = true
    fixture.trigger.keepHeaders = ["x-request"]
    fixture.trigger.handshake = WebhookHandshake(
      when: ["hub.mode": "subscribe"], token: "hub.verify_token", answer: "hub.challenge",
      secret: WebhookSecret(credential: "wa", fields: ["verify"]))
    fixture.secrets = secrets
    return fixture
  }

  private func ask(_ query: String, method: String = "GET") -> IngressRequest {
    IngressRequest(method: method, path: "/in/abc", query: query)
  }

  private func signed(_ body: String, by secret: String) throws -> [(name: String, value: String)] {
    let code = try Sodium.load().hmacSHA256(key: Array(secret.utf8), Array(body.utf8))
    return [(name: "X-Hub-Signature-256", value: "sha256=" + Hex.encode(code))]
  }

  private let right = "hub.mode=subscribe&hub.verify_token=v&hub.challenge=12-a_B"

  @Test func `the question is answered with its challenge as plain text and makes no event`() throws {
    let decision = try fixture().decide(ask(right))
    #expect(decision.status == 200 && decision.plan == nil && decision.verdict == nil)
    #expect(decision.reply.map { String(decoding: $0.body, as: UTF8.self) } == "12-a_B")
    #expect(decision.reply?.headers["Content-Type"] == "text/plain; charset=utf-8")
    #expect(decision.reply?.headers["X-Content-Type-Options"] == "nosniff")
  }

  @Test func `a question needs its token, one secret of two will do, and none is 503`() throws {
    #expect(try fixture(["wa.verify": ["w", "v"]]).decide(ask(right)).status == 200)
    #expect(try fixture(["wa.verify": ["w"]]).decide(ask(right)).status == 403)
    #expect(try fixture(["wa.verify": [""]]).decide(ask(right)).status == 503)
    #expect(try fixture([:]).decide(ask(right)).status == 503)
    var off = try fixture()
    off.isEnabled = false
    #expect(off.decide(ask(right)).status == 503)
  }

  @Test func `a POST is never a question, and a GET that is none is not taken`() throws {
    #expect(try fixture().decide(ask(right, method: "POST")).status == 401)
    #expect(try fixture().decide(ask("hub.mode=other")).status == 405)
    var plain = try fixture()
    plain.trigger.handshake = nil
    #expect(plain.decide(ask(right)).status == 405)
  }

  @Test func `either secret signs, a missing one does not disarm the other`() throws {
    for secret in ["s1", "s2"] {
      #expect(try fixture().status("{}", headers: signed("{}", by: secret)) == 202)
    }
    let one = try fixture(["wa.app_secret.next": ["s1"]])
    #expect(try one.status("{}", headers: signed("{}", by: "s1")) == 202)
    #expect(try one.status("{}", headers: signed("{}", by: "s2")) == 401)
    #expect(try fixture([:]).status("{}", headers: signed("{}", by: "s1")) == 503)
  }

  @Test func `the receipt is a bare 200, and the event has body and headers apart`() throws {
    let body = #"{"custom_variables": 1, "headers": 2}"#
    let headers = try signed(body, by: "s1") + [(name: "X-Request", value: "r")]
    let decision = try fixture().decide(.post(body, query: "a=b", headers: headers))
    let plan = try #require(decision.plan)
    #expect(
      plan.event == [
        "body": ["custom_variables": 1, "headers": 2], "headers": ["x-request": "r"],
      ])
    let receipt = plan.receipt(RunID(7))
    #expect(receipt.status == 200 && receipt.body.isEmpty)
    for (text, type, expected) in [
      ("[1]", "application/json", [1]), ("coo", "text/plain", "coo"),
      (#"{"items": [1]}"#, "application/json", ["items": [1]]), ("7", "application/json", "7"),
      ("a=1", "application/x-www-form-urlencoded", ["a": "1"]),
    ] as [(String, String, JSONValue)] {
      let event = try fixture().event(text, type: type, headers: signed(text, by: "s1"))
      #expect(event == ["body": expected], "\(text)")
    }
    #expect(try fixture().status("", headers: signed("", by: "s1")) == 400)
  }
}

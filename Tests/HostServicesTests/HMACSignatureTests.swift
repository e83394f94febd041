// SPDX-License-Identifier: Apache-2.0
import Crypto
import Pipeline
import Testing
import Values

@testable import HostServices

/// The vectors that the senders publish; where one publishes none, it is made by another library.
@Suite struct HMACSignatureTests {
  let sodium: Sodium

  init() throws { sodium = try Sodium.load() }

  /// Signs a body as a manifest's `hmac` says.
  private func headers(
    _ hmac: JSONValue, secret: String, body: String, id: String = "msg_1", seconds: Int64 = 0
  ) throws -> [String: String] {
    let kind = try CredentialKind.sample(sendAs: ["hmac": hmac, "value": "{secret}"])
    guard case .hmac(let signing)? = kind.sendAs else {
      Issue.record("no hmac: \(hmac)")
      return [:]
    }
    let request = OutgoingRequest(
      method: "POST", url: "https://x.example/", headers: [:], body: Array(body.utf8), id: id,
      now: seconds * 1_000 + 999)
    let signed = try signing.signature(of: request, fields: ["secret": .text(secret)], sodium)
    #expect(signed.secrets.contains(secret))
    return Dictionary(signed.headers.map { ($0.name, $0.value) }) { first, _ in first }
  }

  @Test func `a body is signed as GitHub signs it`() throws {
    let headers = try headers(
      [
        "header": "X-Hub-Signature-256", "algorithm": "sha256", "written_as": "sha256={signature}",
      ], secret: "It's a Secret to Everybody", body: "Hello, World!")
    #expect(
      headers == [
        "X-Hub-Signature-256":
          "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
      ])
  }

  @Test(arguments: [.form, .file(sha256: "ab")] as [OutgoingRequest.Streamed])
  func `a body that is streamed cannot be signed`(_ streamed: OutgoingRequest.Streamed) throws {
    let kind = try CredentialKind.sample(sendAs: [
      "hmac": ["header": "X-Signature", "algorithm": "sha256"], "value": "{secret}",
    ])
    guard case .hmac(let signing)? = kind.sendAs else {
      Issue.record("no hmac")
      return
    }
    let request = OutgoingRequest(
      method: "POST", url: "https://x.example/", headers: [:], body: [], id: "1", now: 0,
      streamed: streamed)
    let error = #expect(throws: ActionFailure.self) {
      try signing.signature(of: request, fields: ["secret": "s3cr3t-key"], sodium)
    }
    #expect(error?.code == "cannot_sign" && error?.message.contains("blob") == true)
  }

  @Test func `id, time and body are signed as Standard Webhooks says, with the key decoded`() throws
  {
    let headers = try headers(
      [
        "header": "webhook-signature", "algorithm": "sha256", "over": "{id}.{timestamp}.{body}",
        "encoding": "base64", "written_as": "v1,{signature}", "key": "base64",
        "timestamp_header": "webhook-timestamp", "id_header": "webhook-id",
      ], secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body: #"{"test": 2432232314}"#,
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330)
    #expect(
      headers == [
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      ])
  }

  @Test func `time and body are signed as Stripe says, with the whole secret as the key`() throws {
    let headers = try headers(
      [
        "header": "Stripe-Signature", "algorithm": "sha256", "over": "{timestamp}.{body}",
        "written_as": "t={timestamp},v1={signature}",
      ], secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body: #"{"test": 2432232314}"#,
      seconds: 1_614_265_330)
    #expect(
      headers == [
        "Stripe-Signature":
          "t=1614265330,v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964"
      ])
  }

  @Test func `version, time and body are signed as Slack says`() throws {
    let body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
      + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
      + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
      + "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
      + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    let headers = try headers(
      [
        "header": "X-Slack-Signature", "algorithm": "sha256", "over": "v0:{timestamp}:{body}",
        "written_as": "v0={signature}", "timestamp_header": "X-Slack-Request-Timestamp",
      ], secret: "8f742231b10e8888abcd99yyyzzz85a5", body: body, seconds: 1_531_420_618)
    #expect(
      headers["X-Slack-Signature"]
        == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
    #expect(headers["X-Slack-Request-Timestamp"] == "1531420618")
  }

  @Test(arguments: [
    ("sha1", "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"),
    (
      "sha512",
      "b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791a5b41915ee4d"
        + "1ec3935357e4e2317250d0372afa2ebeeb3a"
    ),
  ])
  func `the other algorithms`(_ algorithm: String, _ code: String) throws {
    let headers = try headers(
      ["header": "X", "algorithm": .text(algorithm)], secret: "key",
      body: "The quick brown fox jumps over the lazy dog")
    #expect(headers == ["X": code])
  }

  @Test func `a place in the secret, the body or the id is text like any other`() throws {
    let hmac: JSONValue = [
      "header": "X", "algorithm": "sha256", "over": "{id}.{body}", "id_header": "I",
    ]
    let first = try headers(hmac, secret: "{body}", body: "{id}", id: "{body}")
    let second = try headers(
      ["header": "X", "algorithm": "sha256"], secret: "{body}", body: "{body}.{id}")
    #expect(first["X"] == second["X"] && first["I"] == "{body}")
  }

  @Test func `a secret that is no base64 where it must be is refused, and not shown`() {
    let hmac: JSONValue = ["header": "X", "algorithm": "sha256", "key": "base64"]
    let failure = #expect(throws: ActionFailure.self) {
      try headers(hmac, secret: "whsec_not base64", body: "")
    }
    #expect(failure?.code == "bad_credential")
    #expect(failure?.message.contains("not base64") == false)
  }
}

extension CredentialKind {
  /// A kind with the secret field `secret`, read from a manifest.
  static func sample(sendAs: JSONValue) throws -> CredentialKind {
    let manifest: JSONValue = [
      "format": 1, "id": "acme-x", "version": "1.0.0", "abi": "0.1", "title": "X",
      "library": ["linux-x86_64": "x.so"],
      "credentials": [
        ["kind": "k", "fields": [["name": "secret", "secret": true]], "send_as": sendAs]
      ],
      "actions": [
        [
          "id": "acme-x.run", "title": "Run", "side_effect": "pure",
          "parameters": ["type": "object", "properties": [:]],
        ]
      ],
    ]
    let parsed = PluginManifest.parse(try JSONDocument(source: manifest.jsonBytes))
    return try #require(
      parsed.manifest?.credentials.first, "\(parsed.findings.map { $0.text(in: "m") })")
  }
}

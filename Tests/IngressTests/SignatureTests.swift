// SPDX-License-Identifier: Apache-2.0
import Crypto
import Ingress
import Testing

@testable import Pipeline

@Suite struct SignatureTests {
  var fixture: IngressFixture

  init() throws { fixture = try IngressFixture() }

  private func with(_ auths: [WebhookAuth], _ secrets: [CredentialName: [String]])
    -> IngressFixture
  {
    var fixture = fixture
    fixture.trigger.auth = auths
    fixture.trigger.body = .text
    fixture.secrets = secrets
    return fixture
  }

  // MARK: Standard Webhooks: the fixed vector of its libraries' tests

  private let standardBody = #"{"test": 2432232314}"#
  private let standardSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

  private func standard(
    _ signature: String? = nil, id: String = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    time: String = "1614265330"
  ) -> [(name: String, value: String)] {
    [
      ("webhook-id", id), ("Webhook-Timestamp", time),
      ("webhook-signature", signature ?? standardSignature),
    ]
  }

  private var standardFixture: IngressFixture {
    with(
      [WebhookAuth(scheme: .standardWebhooks, secrets: ["s"])],
      ["s": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]])
  }

  @Test func `the vector of Standard Webhooks passes, also among others and after a change`() {
    var fixture = standardFixture
    #expect(fixture.status(standardBody, headers: standard()) == 202)
    let many = "v1,AAAA v2,\(standardSignature.dropFirst(3)) nonsense \(standardSignature)"
    #expect(fixture.status(standardBody, headers: standard(many)) == 202)
    fixture.secrets["s"] = [
      "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ]
    #expect(fixture.status(standardBody, headers: standard()) == 202)
  }

  @Test func `a changed body, id, time, version or secret does not`() {
    var fixture = standardFixture
    #expect(fixture.status(#"{"test":2432232314}"#, headers: standard()) == 401)
    #expect(fixture.status(standardBody, headers: standard(id: "msg_2")) == 401)
    #expect(fixture.status(standardBody, headers: standard(time: "1614265331")) == 401)
    let other = "v1a," + standardSignature.dropFirst(3)
    #expect(fixture.status(standardBody, headers: standard(other)) == 401)
    for missing in 0..<3 {
      var headers = standard()
      headers.remove(at: missing)
      #expect(fixture.status(standardBody, headers: headers) == 401)
    }
    // A repeated header is nobody's word.
    #expect(fixture.status(standardBody, headers: standard() + standard()) == 401)
    for secret in ["whsec_", "whsec_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"] {
      fixture.secrets["s"] = [secret]
      #expect(fixture.status(standardBody, headers: standard()) == 401, "\(secret)")
    }
  }

  @Test func `the time window is five minutes both ways`() {
    var fixture = standardFixture
    for (seconds, status) in [(300, 202), (-300, 202), (301, 401), (-301, 401)] {
      fixture.now = 1_614_265_330 + Int64(seconds)
      #expect(fixture.status(standardBody, headers: standard()) == status, "\(seconds)")
    }
    for time in ["", "x", "-1614265330", "1614265330.0", "16142653300000000000", " 1614265330x"] {
      #expect(fixture.status(standardBody, headers: standard(time: time)) == 401, "\(time)")
    }
  }

  @Test func `an Ed25519 signature passes with its public key, and only as its own version`() {
    // Made with libsodium's own signing from the seed of 32 bytes 1.
    let signature =
      "Ykcu7AtGZGmZxFEH1Gaa2Nd7feY/CTuruoL4fqgnKwfbHU4DhemoVHZdvGfI"
      + "vKvn4BIgwktLGGPGIr/i9nK7AA=="
    let fixture = with(
      [WebhookAuth(scheme: .standardWebhooks, secrets: ["s"])],
      ["s": ["whpk_iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="]])
    let headers = standard(standardSignature + " v1a," + signature)
    #expect(fixture.status(standardBody, headers: headers) == 202)
    #expect(fixture.status(standardBody + " ", headers: headers) == 401)
    #expect(fixture.status(standardBody, headers: standard("v1," + signature)) == 401)
    #expect(fixture.status(standardBody, headers: standard()) == 401)
  }

  // MARK: GitHub and Meta

  private let hubSignature =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

  @Test(arguments: [WebhookAuthScheme.github, .meta])
  func `the vector of GitHub's documents passes, and the old header is ignored`(
    _ scheme: WebhookAuthScheme
  ) {
    let fixture = with(
      [WebhookAuth(scheme: scheme, secrets: ["s"])], ["s": ["It's a Secret to Everybody"]])
    let body = "Hello, World!"
    #expect(fixture.status(body, headers: [("X-Hub-Signature-256", hubSignature)]) == 202)
    #expect(fixture.status(body + " ", headers: [("X-Hub-Signature-256", hubSignature)]) == 401)
    #expect(fixture.status(body, headers: [("X-Hub-Signature", hubSignature)]) == 401)
    for wrong in [
      String(hubSignature.dropLast()), String(hubSignature.dropFirst(7)), "sha256=", "",
      "sha1=" + hubSignature.dropFirst(7),
    ] {
      #expect(fixture.status(body, headers: [("X-Hub-Signature-256", wrong)]) == 401, "\(wrong)")
    }
    #expect(fixture.status(body, headers: []) == 401)
  }

  // MARK: Stripe

  @Test func `a Stripe signature is over time and body with the whole secret`() throws {
    let sodium = try Sodium.load()
    let fixture = with(
      [WebhookAuth(scheme: .stripe, secrets: ["s"])], ["s": ["whsec_test"]])
    func header(_ key: String, time: Int64 = 1_614_265_330) -> [(name: String, value: String)] {
      let code = sodium.hmacSHA256(key: Array(key.utf8), Array("\(time).{}".utf8))
      return [("Stripe-Signature", "t=\(time),v0=00,v1=ab,v1=\(Hex.encode(code))")]
    }
    #expect(fixture.status("{}", headers: header("whsec_test")) == 202)
    #expect(fixture.status("{} ", headers: header("whsec_test")) == 401)
    #expect(fixture.status("{}", headers: header("test")) == 401)
    #expect(fixture.status("{}", headers: header("whsec_test", time: 1_614_264_000)) == 401)
    #expect(fixture.status("{}", headers: [("Stripe-Signature", "t=1614265330")]) == 401)
    #expect(fixture.status("{}", headers: [("Stripe-Signature", ",,=,t=,v1")]) == 401)
  }

  // MARK: The general ones

  @Test func `WAHA's vector passes as a general code with SHA-512`() {
    var auth = WebhookAuth(scheme: .hmac, secrets: ["s"])
    auth.header = "X-Webhook-Hmac"
    auth.hash = .sha512
    let fixture = with([auth], ["s": ["my-secret-key"]])
    let body = #"{"event":"message","session":"default","engine":"WEBJS"}"#
    let signature =
      "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
      + "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
    #expect(fixture.status(body, headers: [("x-webhook-hmac", signature)]) == 202)
    #expect(fixture.status(body, headers: [("x-webhook-hmac", "0" + signature.dropFirst())]) == 401)
  }

  @Test(arguments: [WebhookHash.sha1, .sha256, .sha512], [WebhookEncoding.hex, .base64])
  func `every hash and encoding passes with its prefix and not without`(
    _ hash: WebhookHash, _ encoding: WebhookEncoding
  ) throws {
    let sodium = try Sodium.load()
    var auth = WebhookAuth(scheme: .hmac, secrets: ["s"])
    (auth.header, auth.hash, auth.encoding, auth.prefix) = ("X-Sign", hash, encoding, "v=")
    let fixture = with([auth], ["s": ["key"]])
    let (key, body) = (Array("key".utf8), Array("body".utf8))
    let code =
      switch hash {
      case .sha1: sodium.hmacSHA1(key: key, body)
      case .sha256: sodium.hmacSHA256(key: key, body)
      case .sha512: sodium.hmacSHA512(key: key, body)
      }
    let text = encoding == .hex ? Hex.encode(code) : Base64.encode(code)
    #expect(fixture.status("body", headers: [("X-Sign", "v=" + text)]) == 202)
    #expect(fixture.status("body", headers: [("X-Sign", text)]) == 401)
    #expect(fixture.status("body", headers: [("X-Sign", "v=" + text.dropLast(4))]) == 401)
    #expect(fixture.status("Body", headers: [("X-Sign", "v=" + text)]) == 401)
  }

  @Test func `bearer and basic compare the whole secret`() {
    let bearer = with([WebhookAuth(scheme: .bearer, secrets: ["s"])], ["s": ["tok"]])
    for (value, status) in [
      ("Bearer tok", 202), ("bearer  tok", 202), ("Bearer tok2", 401), ("Bearer to", 401),
      ("Bearer", 401), ("tok", 401), ("Basic tok", 401), ("", 401),
    ] {
      #expect(bearer.status("", headers: [("Authorization", value)]) == status, "\(value)")
    }
    let basic = with([WebhookAuth(scheme: .basic, secrets: ["s"])], ["s": ["ann:secret"]])
    let pair = Base64.encode(Array("ann:secret".utf8))
    for (value, status) in [
      ("Basic \(pair)", 202), ("Basic \(pair)x", 401), ("Basic ann:secret", 401),
      ("Basic \(Base64.encode(Array("ann:".utf8)))", 401),
    ] {
      #expect(basic.status("", headers: [("Authorization", value)]) == status, "\(value)")
    }
    var named = WebhookAuth(scheme: .bearer, secrets: ["s"])
    named.header = "X-Token"
    let custom = with([named], ["s": ["tok"]])
    #expect(custom.status("", headers: [("X-Token", "tok")]) == 202)
    #expect(custom.status("", headers: [("Authorization", "Bearer tok")]) == 401)
  }

  // MARK: All of them

  @Test func `of several ways any one is enough, and no way is never one`() {
    var hmac = WebhookAuth(scheme: .hmac, secrets: ["h"])
    hmac.header = "X-Sign"
    let bearer = WebhookAuth(scheme: .bearer, secrets: ["b"])
    let fixture = with([hmac, bearer], ["b": ["tok"], "h": [""]])
    #expect(fixture.status("", headers: [("Authorization", "Bearer tok")]) == 202)
    #expect(fixture.status("", headers: [("X-Sign", "00")]) == 503)
    #expect(fixture.status("", headers: []) == 503)
    let whole = with([hmac, bearer], ["b": ["tok"], "h": ["key"]])
    #expect(whole.status("", headers: [("X-Sign", "00")]) == 401)
  }

  @Test func `who might be right is told to come again, not to give up`() {
    var auth = WebhookAuth(scheme: .bearer, secrets: ["new", "old"])
    auth.header = "X-Token"
    let decision = with([auth], ["old": ["o"]]).decide(.post("{}", headers: [("X-Token", "n")]))
    #expect(decision.status == 503 && decision.verdict == .noSecret)
    #expect(decision.reply?.headers["Retry-After"] == "600")
    #expect(with([auth], ["old": ["o"]]).status("{}", headers: [("X-Token", "o")]) == 202)
  }

  @Test(arguments: WebhookAuthScheme.allCases)
  func `without a secret, or with an empty one, nobody passes`(_ scheme: WebhookAuthScheme) throws {
    let sodium = try Sodium.load()
    var auth = WebhookAuth(scheme: scheme, secrets: ["s"])
    if scheme == .hmac { auth.header = "X-Sign" }
    let code = Hex.encode(sodium.hmacSHA256(key: [], []))
    let headers: [(name: String, value: String)] = [
      ("Authorization", scheme == .basic ? "Basic " : "Bearer "), ("X-Sign", code),
      ("X-Hub-Signature-256", "sha256=" + code),
    ]
    #expect(with([auth], ["s": [""]]).status("", headers: headers) == 503)
    #expect(with([auth], [:]).status("", headers: headers) == 503)
  }

  @Test func `a refusal has no detail`() {
    let decision = standardFixture.decide(.post("{}"))
    #expect(decision.verdict == .badSignature)
    #expect(decision.error?["code"] == "unauthorized")
    #expect(decision.reply?.headers["WWW-Authenticate"] == "Signature")
    let auths = [WebhookAuthScheme.basic, .stripe, .bearer, .github].map {
      WebhookAuth(scheme: $0, secrets: ["s"])
    }
    #expect(
      with(auths, ["s": ["x"]]).decide(.post("{}")).reply?.headers["WWW-Authenticate"]
        == "Basic realm=\"webhook\", Signature, Bearer")
    #expect(decision.error?.asObject?.count == 2)
  }
}

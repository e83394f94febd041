// SPDX-License-Identifier: Apache-2.0
import Crypto
import Ingress
import Store
import Testing
import Values

@testable import Pipeline

@Suite struct IngressTests {
  var fixture: IngressFixture

  init() throws { fixture = try IngressFixture() }

  @Test func `paths lead to health, to a webhook, or nowhere`() {
    #expect(IngressRoute(path: "/health") == .health)
    #expect(IngressRoute(path: "/in/aZ09-_") == .webhook(token: "aZ09-_"))
    let long = "/in/" + String(repeating: "a", count: 101)
    for path in [
      "", "/", "/in", "/in/", "/in/a/b", "/in/a b", "/in/%61", "/health/", "/IN/a", long,
    ] {
      #expect(IngressRoute(path: path) == .unknown, "\(path)")
    }
    #expect(Ingress.answer(to: .health)?.status == 200)
    #expect(Ingress.answer(to: .unknown)?.status == 404)
    #expect(Ingress.answer(to: .webhook(token: "a")) == nil)
  }

  @Test func `an unknown URL gets 404, a replaced one 410, and neither tells of others`() {
    func decide(_ lookup: IngressLookup) -> IngressDecision {
      fixture.ingress.decide(
        .post("{}"), connector: lookup, secret: { _ in [] }, nowMS: 0)
    }
    #expect(decide(.unknown).status == 404)
    #expect(decide(.unknown).error?["code"] == "not_found")
    #expect(decide(.retired).status == 410)
    #expect(decide(.retired).error?["code"] == "url_replaced")
    #expect(decide(.unknown).reply == Ingress.answer(to: .unknown))
  }

  @Test func `another method gets 405 and is told which are taken`() {
    var request = IngressRequest.post("{}")
    for method in ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "post", "", "TRACE"] {
      request.method = method
      let decision = fixture.decide(request)
      #expect(decision.status == 405 && decision.reply?.headers["Allow"] == "POST", "\(method)")
    }
  }

  @Test func `a disabled connector asks to come again`() {
    var fixture = fixture
    fixture.isEnabled = false
    let decision = fixture.decide(.post("{}"))
    #expect(decision.status == 503 && decision.reply?.headers["Retry-After"] == "600")
  }

  @Test func `a body is taken up to the connector's limit, then 413 names it`() {
    var fixture = fixture
    fixture.trigger.maxBodyBytes = 10
    #expect(fixture.decide(.post(#"{"a":1234}"#)).status == 202)
    let decision = fixture.decide(.post(#"{"a":12345}"#))
    #expect(decision.status == 413 && decision.verdict == .tooLarge)
    #expect(decision.error?["message"]?.asText?.contains("takes 10") == true)
  }

  @Test func `a long URL and many headers are refused before anything is looked up`() {
    var long = IngressRequest.post("{}", query: String(repeating: "a", count: 8_193))
    #expect(fixture.decide(long).status == 414)
    long.query = ""
    long.path += String(repeating: "a", count: 1_024)
    #expect(fixture.decide(long).status == 414)
    let many = (0..<100).map { (name: "X-\($0)", value: "") }
    #expect(fixture.decide(.post("{}", headers: many)).status == 431)
    let large = [(name: "X", value: String(repeating: "a", count: 32 << 10))]
    #expect(fixture.decide(.post("{}", headers: large)).status == 431)
  }

  @Test func `what is accepted carries the connector, and the receipt the run`() throws {
    let plan = try #require(fixture.decide(.post(#"{"a":1}"#)).plan)
    #expect(plan.project == "acme" && plan.connector == ConnectorID(1) && plan.version == 3)
    #expect(plan.newEvent.body == #"{"a":1,"custom_variables":{}}"#)
    #expect(plan.dedupe == nil)
    let receipt = plan.receipt(RunID(7))
    #expect(receipt.status == 202 && receipt.body == Array(#"{"run":"7"}"#.utf8))
  }

  @Test func `a GET asks before it counts, and the button brings the variables only`() throws {
    var fixture = fixture
    fixture.trigger.methods = [.get]
    var request = IngressRequest(method: "GET", path: "/in/abc", query: "a=1")
    let page = try #require(fixture.decide(request).reply)
    #expect(page.status == 200 && page.headers["Content-Type"] == "text/html; charset=utf-8")
    request.method = "POST"
    request.body = Array("jackfield_confirm=1".utf8)
    let plan = try #require(fixture.decide(request).plan)
    #expect(plan.event == ["custom_variables": ["a": "1"]])
    #expect(plan.receipt(RunID(1)).status == 200)
    // Any other POST is not taken.
    request.body = Array("jackfield_confirm=2".utf8)
    #expect(fixture.decide(request).status == 405)
    fixture.trigger.asksBeforeGet = false
    request.method = "GET"
    request.body = []
    #expect(fixture.decide(request).plan?.event == ["custom_variables": ["a": "1"]])
    request.method = "POST"
    request.body = Array("jackfield_confirm=1".utf8)
    #expect(fixture.decide(request).status == 405)
  }

  // MARK: Dedupe

  @Test func `events are the same by the chosen attribute, whatever else differs`() throws {
    var fixture = fixture
    fixture.trigger.dedupe = WebhookDedupe()
    fixture.trigger.dedupe?.by = try Template(parsing: "{{event.lead_id}}")
    fixture.trigger.dedupe?.within = .seconds(60)
    let first = fixture.decide(.post(#"{"lead_id":7,"a":1}"#)).plan?.dedupe
    let second = fixture.decide(.post(#"{"a":2,"lead_id":7}"#)).plan?.dedupe
    let other = fixture.decide(.post(#"{"lead_id":8}"#)).plan?.dedupe
    #expect(first != nil && first == second && first != other)
    #expect(first?.withinSeconds == 60 && first?.key.count == 32)
    // Nothing to compare: each is its own.
    #expect(fixture.decide(.post(#"{"a":1}"#)).plan != nil)
    #expect(fixture.decide(.post(#"{"a":1}"#)).plan?.dedupe == nil)
  }

  @Test func `without an attribute the body counts, never an unsigned header`() throws {
    var fixture = fixture
    fixture.trigger.dedupe = WebhookDedupe()
    let header = [(name: "X-GitHub-Delivery", value: "1")]
    let first = fixture.decide(.post(#"{"a":1}"#)).plan?.dedupe
    #expect(first != nil)
    #expect(first == fixture.decide(.post(#"{"a":1}"#, headers: header)).plan?.dedupe)
    #expect(first != fixture.decide(.post(#"{"a":2}"#)).plan?.dedupe)
    #expect(first != fixture.decide(.post(#"{"a":1}"#, query: "b=1")).plan?.dedupe)
  }

  @Test func `a standard webhook's signed id counts, so that its retries are the same`() throws {
    var fixture = fixture
    fixture.trigger.dedupe = WebhookDedupe()
    fixture.trigger.auth = [WebhookAuth(scheme: .standardWebhooks, secrets: ["s"])]
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    fixture.secrets["s"] = [secret]
    let sodium = try Sodium.load()
    let key = try #require(Base64.decode(secret.dropFirst(6)))
    func send(id: String, at time: Int64, _ body: String) -> NewEvent.Dedupe? {
      fixture.now = time
      let code = sodium.hmacSHA256(key: key, Array("\(id).\(time).\(body)".utf8))
      return fixture.decide(
        .post(
          body,
          headers: [
            ("webhook-id", id), ("webhook-timestamp", String(time)),
            ("webhook-signature", "v1," + Base64.encode(code)),
          ])
      ).plan?.dedupe
    }
    let first = send(id: "m1", at: 1_000, "{}")
    #expect(first != nil && first == send(id: "m1", at: 2_000, "{}"))
    #expect(first != send(id: "m2", at: 1_000, "{}"))
  }

  @Test func `without libsodium a connector with a signature accepts nothing`() {
    let ingress = Ingress(sodium: nil)
    var trigger = WebhookTrigger()
    trigger.auth = [WebhookAuth(scheme: .bearer, secrets: ["s"])]
    let connector = IngressConnector(
      id: ConnectorID(1), project: "acme", version: 1, isEnabled: true, trigger: trigger)
    let decision = ingress.decide(
      .post("{}", headers: [("Authorization", "Bearer s")]), connector: .found(connector),
      secret: { _ in [Array("s".utf8)] }, nowMS: 0)
    #expect(decision.status == 503)
  }
}

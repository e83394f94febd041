// SPDX-License-Identifier: Apache-2.0
// A stranger's request at the door.
import Crypto
import Ingress
import Pipeline
import Store
import Values

extension Surface {
  /// **Shape** of an input: `METHOD TARGET BODY SCHEME`, headers a line each, an empty line, the
  /// body; BODY is how the connector reads it, SCHEME how it verifies, `-` for neither.
  static let http = Surface(
    name: "http",
    summary: "a request is accepted or answered; events read back, kept bytes are the body",
    mostBytes: 4_096,
    words: [
      "POST /in/a", "GET /in/a?", " json ", " form ", " multipart ", " text ", " auto ",
      "\r\n--b\r\n",
      "--b--", "Content-Type: multipart/form-data; boundary=b\n", "; charset=", "; filename=\"",
      "Content-Disposition: form-data; name=\"a\"\r\n\r\n", "application/x-www-form-urlencoded",
      "Content-Encoding: gzip\n", "application/json", "%41", "a=1&a=2", "Authorization: ",
      "Basic ", "Bearer ", "stripe", "github", "standard_webhooks", "hmac", "t=1614265330,v1=",
      "webhook-id: a\n", "webhook-timestamp: 1614265330\n", "webhook-signature: v1,", "whsec_",
    ],
    examine: { (input) throws(BrokenProperty) in
      let (request, trigger) = read(input)
      _ = IngressRoute(path: request.path)
      let connector = IngressConnector(
        id: ConnectorID(1), project: "acme", version: 3, isEnabled: true, trigger: trigger)
      let decision = ingress.decide(
        request, connector: .found(connector), secret: { _ in [Array("whsec_c2VjcmV0".utf8)] },
        nowMS: 1_614_265_330_000)
      switch decision {
      case .accept(let plan): try examine(plan, of: request)
      case .reply(let reply, _):
        let known = [200, 400, 401, 405, 413, 414, 415, 431, 503]
        try require(known.contains(reply.status), "\(reply.status) is an answer of the door")
        if reply.status != 200 {
          let body = try expect("an answer is JSON") { try JSONValue(parsing: reply.body) }
          try require(body["error"]?["code"]?.asText != nil, "a refusal has a code")
        }
      }
    })

  private static let ingress = Ingress(sodium: try? Sodium.load())

  private static func read(_ input: [UInt8]) -> (IngressRequest, WebhookTrigger) {
    var (line, rest) = split(input)
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
    let target = word(1).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = IngressRequest(
      method: word(0), path: target.first.map(String.init) ?? "",
      query: target.count > 1 ? String(target[1]) : "")
    while !rest.isEmpty {
      (line, rest) = split(Array(rest))
      if line.isEmpty { break }
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      request.headers.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
    }
    request.body = Array(rest)
    var trigger = WebhookTrigger()
    trigger.methods = [.get, .post]
    trigger.body = WebhookBody(rawValue: word(2)) ?? .auto
    trigger.keepHeaders = ["x-kept"]
    trigger.dedupe = WebhookDedupe(by: try? Template(parsing: "{{event.id}}"))
    if let scheme = WebhookAuthScheme(rawValue: word(3)) {
      trigger.auth = [WebhookAuth(scheme: scheme, secrets: ["hook"])]
    }
    return (request, trigger)
  }

  private static func examine(
    _ plan: IntakePlan, of request: IngressRequest
  ) throws(BrokenProperty) {
    let event = try expect("a stored event can be read") {
      try JSONValue(parsing: plan.newEvent.body)
    }
    try require(event == plan.event, "a stored event reads back equal")
    try require((plan.dedupe?.key.count ?? 0) <= 65_536, "a key is short")
    // A member of that name may be the sender's own, in a body that is text.
    guard let text = plan.event["body_base64"]?.asText, plan.event.asObject?.count == 2,
      String(validating: request.body, as: UTF8.self) == nil
    else { return }
    try require(Base64.decode(Substring(text)) == request.body, "kept bytes are the body")
  }
}

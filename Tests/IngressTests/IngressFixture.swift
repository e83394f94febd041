// SPDX-License-Identifier: Apache-2.0
// A door with one connector behind it.
import Crypto
import Ingress
import Store
import Values

@testable import Pipeline

/// Decides requests for a trigger; time and secrets are the test's.
struct IngressFixture {
  let ingress: Ingress
  var trigger = WebhookTrigger()
  var isEnabled = true
  var secrets: [CredentialName: [String]] = [:]
  /// **Unit** seconds
  var now: Int64 = 1_614_265_330

  init() throws { ingress = Ingress(sodium: try Sodium.load()) }

  func decide(_ request: IngressRequest) -> IngressDecision {
    let connector = IngressConnector(
      id: ConnectorID(1), project: "acme", version: 3, isEnabled: isEnabled, trigger: trigger)
    return ingress.decide(
      request, connector: .found(connector),
      secret: { [secrets] name in (secrets[name] ?? []).map { Array($0.utf8) } },
      nowMS: now * 1_000)
  }

  /// The event of a POST with this body.
  func event(
    _ body: String, type: String? = "application/json", query: String = "",
    headers: [(name: String, value: String)] = []
  ) -> JSONValue? {
    decide(.post(body, type: type, query: query, headers: headers)).plan?.event
  }

  /// The status of a POST with these headers: 202 stands for accepted.
  func status(_ body: String, headers: [(name: String, value: String)]) -> Int {
    decide(.post(body, headers: headers)).status
  }
}

extension IngressRequest {
  static func post(
    _ body: String, type: String? = "application/json", query: String = "",
    headers: [(name: String, value: String)] = []
  ) -> IngressRequest {
    let content = type.map { [(name: "Content-Type", value: $0)] } ?? []
    return IngressRequest(
      method: "POST", path: "/in/abc", query: query, headers: content + headers,
      body: Array(body.utf8))
  }
}

extension IngressDecision {
  var plan: IntakePlan? { if case .accept(let plan) = self { plan } else { nil } }

  var reply: IngressReply? { if case .reply(let reply, _) = self { reply } else { nil } }

  var verdict: IngressVerdict? { if case .reply(_, let verdict) = self { verdict } else { nil } }

  var status: Int { reply?.status ?? 202 }

  /// The error of a refusal.
  var error: JSONValue? {
    guard let body = reply?.body else { return nil }
    return (try? JSONValue(parsing: body))?["error"]
  }
}

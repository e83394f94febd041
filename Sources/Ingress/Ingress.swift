// SPDX-License-Identifier: Apache-2.0
// From a request to an event that may be written: one decision, without a clock or a store.

import Crypto
import Pipeline
import Store
import Values

/// The door. What it decides depends on its arguments only; the driver looks the token up, brings
/// secrets and time, writes what is accepted and answers from the commit.
package struct Ingress: Sendable {
  private let sodium: Sodium?

  /// - Parameter sodium: nil where libsodium is missing: connectors with `auth` accept nothing
  ///   then, and dedupe keys are kept as they are.
  package init(sodium: Sodium?) { self.sodium = sodium }

  /// Looks at a request.
  ///
  /// - Parameter connector: what the token of `IngressRoute` leads to
  /// - Parameter secret: the secrets valid under a credential's name: none, one, or two in a change
  /// - Parameter nowMS: **Unit** milliseconds since 1970
  package func decide(
    _ request: IngressRequest, connector lookup: IngressLookup,
    secret: @escaping (CredentialName) -> [[UInt8]], nowMS: Int64
  ) -> IngressDecision {
    if let refusal = Ingress.overLimit(request) { return .reply(refusal, verdict: nil) }
    let connector: IngressConnector
    switch lookup {
    case .found(let found): connector = found
    case .retired: return .reply(Ingress.gone, verdict: nil)
    case .unknown: return .reply(Ingress.notFound, verdict: nil)
    }
    if let refusal = Ingress.refusal(of: request, by: connector) { return refusal }
    if let handshake = connector.trigger.handshake,
      let query = HandshakeCheck(handshake).question(in: request)
    {
      return answer(to: query, of: handshake, secret)
    }
    let proof: SignatureProof?
    if connector.trigger.auth.isEmpty {
      proof = SignatureProof(identity: nil)
    } else {
      proof = sodium.flatMap { sodium in
        SignatureCheck(sodium: sodium, nowMS: nowMS, secret: secret)
          .anyPasses(connector.trigger.auth, request)
      }
    }
    guard let proof else { return unproven(connector.trigger.auth, secret) }
    return read(request, for: connector, proof)
  }

  /// What is answered where no connector is asked for; nil for a webhook's path.
  package static func answer(to route: IngressRoute) -> IngressReply? {
    switch route {
    case .health: .healthy
    case .unknown: notFound
    case .webhook: nil
    }
  }

  // MARK: Before the body is read

  /// Checked first, as it costs least and bounds what follows.
  private static func overLimit(_ request: IngressRequest) -> IngressReply? {
    if request.path.utf8.count > IngressLimits.pathBytes
      || request.query.utf8.count > IngressLimits.queryBytes
    {
      return .refusal(
        414, "url_too_long",
        "the query string may have \(IngressLimits.queryBytes) bytes: send the rest as the body")
    }
    let bytes = request.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    if request.headers.count > IngressLimits.headers || bytes > IngressLimits.headerBytes {
      return .refusal(
        431, "headers_too_large",
        "a request may have \(IngressLimits.headers) headers of \(IngressLimits.headerBytes) bytes "
          + "together: send fewer")
    }
    return nil
  }

  private static func refusal(
    of request: IngressRequest, by connector: IngressConnector
  ) -> IngressDecision? {
    guard connector.isEnabled else {
      // Senders try again on 503: what they send while it is off is not lost to them.
      return .reply(
        .refusal(
          503, "connector_disabled", "this webhook is switched off: send it again later",
          headers: ["Retry-After": "600"]), verdict: nil)
    }
    let trigger = connector.trigger
    guard takes(request, trigger) else {
      let allowed = trigger.methods.map(\.rawValue).joined(separator: ", ")
      return .reply(
        .refusal(
          405, "method_not_allowed", "this webhook takes \(allowed)", headers: ["Allow": allowed]),
        verdict: nil)
    }
    guard request.body.count <= trigger.maxBodyBytes else {
      return .reply(
        .refusal(
          413, "body_too_large",
          "the body has \(request.body.count) bytes, this webhook takes \(trigger.maxBodyBytes): "
            + "send less, or raise max_body of the connector"), verdict: .tooLarge)
    }
    return nil
  }

  private static func takes(_ request: IngressRequest, _ trigger: WebhookTrigger) -> Bool {
    if let handshake = trigger.handshake, HandshakeCheck(handshake).question(in: request) != nil {
      return true
    }
    guard let method = WebhookMethod(rawValue: request.method) else { return false }
    return trigger.methods.contains(method) || isConfirmed(request, trigger)
  }

  /// The POST of the confirmation page's button.
  private static func isConfirmed(_ request: IngressRequest, _ trigger: WebhookTrigger) -> Bool {
    request.method == "POST" && trigger.methods.contains(.get) && trigger.asksBeforeGet
      && ConfirmationPage.isConfirmation(request.body)
  }

  /// A sender that could not have passed, for want of a secret here, is asked to come again: a 401
  /// would tell it to give up, and its event would be lost by our fault.
  private func unproven(
    _ auths: [WebhookAuth], _ secret: (CredentialName) -> [[UInt8]]
  ) -> IngressDecision {
    let isArmed = sodium != nil && auths.flatMap(\.secretNames).allSatisfy { name in
      secret(name).contains { !$0.isEmpty }
    }
    return isArmed
      ? .reply(Ingress.unauthorized(auths), verdict: .badSignature)
      : .reply(Ingress.unarmed, verdict: .noSecret)
  }

  /// Whether the URL is ours, as a provider asks before it sends anything.
  private func answer(
    to query: JSONObject, of handshake: WebhookHandshake,
    _ secret: (CredentialName) -> [[UInt8]]
  ) -> IngressDecision {
    let secrets = secret(handshake.secret.name).filter { !$0.isEmpty }
    guard let sodium, !secrets.isEmpty else { return .reply(Ingress.unarmed, verdict: .noSecret) }
    guard let answer = HandshakeCheck(handshake).answer(to: query, secrets, sodium) else {
      return .reply(Ingress.notOurs, verdict: .badSignature)
    }
    return .reply(IngressReply(status: 200, plain: answer), verdict: nil)
  }

  // MARK: The event

  private func read(
    _ request: IngressRequest, for connector: IngressConnector, _ proof: SignatureProof
  ) -> IngressDecision {
    let trigger = connector.trigger
    let isConfirmed = Ingress.isConfirmed(request, trigger)
    let isGet = request.method == "GET" || isConfirmed
    if isGet && trigger.asksBeforeGet && !isConfirmed {
      return .reply(ConfirmationPage.question, verdict: nil)
    }
    do {
      let event = try EventReader(request: request, trigger: trigger).event(takesBody: !isGet)
      let dedupe = try dedupe(connector, event, request, proof)
      return .accept(
        IntakePlan(
          project: connector.project, connector: connector.id, version: connector.version,
          event: event, dedupe: dedupe, answersWithPage: isConfirmed,
          hasBareReceipt: trigger.isOfChannel))
    } catch {
      return .reply(
        .refusal(error.status, error.code, error.message, detail: error.detail),
        verdict: error.verdict)
    }
  }

  /// The chosen attribute, or what was signed: the identity the scheme signs, else the body and the
  /// query. Never an unsigned header.
  private func dedupe(
    _ connector: IngressConnector, _ event: JSONValue, _ request: IngressRequest,
    _ proof: SignatureProof
  ) throws(IngressError) -> NewEvent.Dedupe? {
    guard let dedupe = connector.trigger.dedupe else { return nil }
    let content: [UInt8]
    if dedupe.by != nil {
      let key: String?
      do {
        var context = connector.context
        context.digests = sodium.map { Digests($0) } ?? .none
        key = try dedupe.key(of: event, context: context)
      } catch {
        throw IngressError(code: "dedupe_failed", message: "dedupe.by: \(error.reason)")
      }
      guard let key else { return nil }
      content = Array("by:\(key)".utf8)
    } else if let identity = proof.identity {
      content = Array("id:\(identity)".utf8)
    } else {
      content = Array("body:\(request.query.utf8.count):\(request.query):".utf8) + request.body
    }
    return NewEvent.Dedupe(
      key: hashed(content), withinSeconds: Int64(dedupe.within.components.seconds))
  }

  private func hashed(_ content: [UInt8]) -> [UInt8] { sodium?.sha256(content) ?? content }

  // MARK: Answers that tell nothing of other URLs

  private static let notFound = IngressReply.refusal(
    404, "not_found", "there is nothing at this URL: check it letter by letter")
  private static let gone = IngressReply.refusal(
    410, "url_replaced", "this URL was replaced by another: ask its owner for the new one")
  /// **Source** RFC 9110, section 11.6.1: a 401 names what it would take. Signatures have no
  /// registered scheme.
  private static func unauthorized(_ auths: [WebhookAuth]) -> IngressReply {
    var challenges: [String] = []
    for auth in auths {
      let challenge =
        switch auth.scheme {
        case .basic: "Basic realm=\"webhook\""
        case .bearer: "Bearer"
        default: "Signature"
        }
      if !challenges.contains(challenge) { challenges.append(challenge) }
    }
    return .refusal(
      401, "unauthorized", "the request is not signed as this webhook expects",
      headers: ["WWW-Authenticate": challenges.joined(separator: ", ")])
  }
  private static let notOurs = IngressReply.refusal(
    403, "handshake_refused", "the question does not show what this webhook was set up with")
  private static let unarmed = IngressReply.refusal(
    503, "cannot_verify", "this webhook cannot verify anybody at the moment: send it again later",
    headers: ["Retry-After": "600"])
}

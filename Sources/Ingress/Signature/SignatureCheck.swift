// SPDX-License-Identifier: Apache-2.0
// Where a request really comes from.

import Crypto
import Pipeline

/// What a passed check proved.
struct SignatureProof {
  /// The event's identity, where the scheme signs one.
  let identity: String?
}

/// Verifies signatures over the raw body, in constant time.
///
/// **Source** facts/channels.md e; https://www.standardwebhooks.com,
/// https://docs.github.com/webhooks, https://docs.stripe.com/webhooks
struct SignatureCheck {
  let sodium: Sodium
  let nowMS: Int64
  let secret: (CredentialName) -> [[UInt8]]

  /// Whether any one of the ways passes: a connector lists several when its senders differ, or
  /// while one way is replaced by another.
  func anyPasses(_ auths: [WebhookAuth], _ request: IngressRequest) -> SignatureProof? {
    for auth in auths {
      if let proof = passes(auth, request) { return proof }
    }
    return nil
  }

  private func passes(_ auth: WebhookAuth, _ request: IngressRequest) -> SignatureProof? {
    // An empty secret is no secret: it must never let anybody in.
    let secrets = auth.secretNames.flatMap { secret($0) }.filter { !$0.isEmpty }
    guard !secrets.isEmpty else { return nil }
    switch auth.scheme {
    case .standardWebhooks: return standardWebhooks(auth, request, secrets)
    case .stripe: return stripe(auth, request, secrets)
    case .github, .meta:
      return proof(hubSignature(request, secrets, header: auth.header ?? "x-hub-signature-256"))
    case .hmac: return proof(hmac(auth, request, secrets))
    case .bearer: return proof(bearer(auth, request, secrets))
    case .basic: return proof(basic(auth, request, secrets))
    }
  }

  private func proof(_ passed: Bool) -> SignatureProof? {
    passed ? SignatureProof(identity: nil) : nil
  }

  // MARK: Schemes that sign a time

  private func standardWebhooks(
    _ auth: WebhookAuth, _ request: IngressRequest, _ secrets: [[UInt8]]
  ) -> SignatureProof? {
    guard let id = request.header("webhook-id"), !id.isEmpty,
      let time = request.header("webhook-timestamp"), isNow(time, auth.tolerance),
      let header = request.header("webhook-signature")
    else { return nil }
    let signed = Array("\(id).\(time).".utf8) + request.body
    let signatures = header.split(separator: " ").prefix(IngressLimits.signatures)
    for secret in secrets.compactMap(StandardWebhooksSecret.init) {
      for signature in signatures where secret.verifies(signature, of: signed, sodium) {
        return SignatureProof(identity: id)
      }
    }
    return nil
  }

  private func stripe(
    _ auth: WebhookAuth, _ request: IngressRequest, _ secrets: [[UInt8]]
  ) -> SignatureProof? {
    guard let header = request.header(auth.header ?? "stripe-signature") else { return nil }
    var time: Substring?
    var signatures: [[UInt8]] = []
    for part in header.split(separator: ",").prefix(IngressLimits.signatures) {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { continue }
      if pair[0] == "t" && time == nil { time = pair[1] }
      if pair[0] == "v1", let signature = Hex.decode(pair[1]) { signatures.append(signature) }
    }
    guard let time, isNow(String(time), auth.tolerance) else { return nil }
    let signed = Array("\(time).".utf8) + request.body
    // The key is the whole text, `whsec_` included.
    let passed = secrets.contains { secret in
      let code = sodium.hmacSHA256(key: secret, signed)
      return signatures.contains { sodium.isEqual($0, code) }
    }
    return proof(passed)
  }

  /// Within the window in both directions: clocks differ both ways.
  private func isNow(_ text: String, _ tolerance: Duration) -> Bool {
    guard text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let seconds = Int64(text)
    else { return false }
    return abs(nowMS / 1_000 - seconds) <= Int64(tolerance.components.seconds)
  }

  // MARK: Schemes over the body alone

  private func hubSignature(
    _ request: IngressRequest, _ secrets: [[UInt8]], header: String
  ) -> Bool {
    guard let value = request.header(header), value.hasPrefix("sha256="),
      let signature = Hex.decode(value.dropFirst("sha256=".count))
    else { return false }
    return secrets.contains { secret in
      sodium.isEqual(sodium.hmacSHA256(key: secret, request.body), signature)
    }
  }

  private func hmac(
    _ auth: WebhookAuth, _ request: IngressRequest, _ secrets: [[UInt8]]
  ) -> Bool {
    guard let header = auth.header, let value = request.header(header),
      value.utf8.starts(with: auth.prefix.utf8)
    else { return false }
    let text = String(decoding: value.utf8.dropFirst(auth.prefix.utf8.count), as: UTF8.self)
    let decoded =
      switch auth.encoding {
      case .hex: Hex.decode(text)
      case .base64: Base64.decode(text)
      }
    guard let signature = decoded else { return false }
    return secrets.contains { secret in
      let code =
        switch auth.hash {
        case .sha1: sodium.hmacSHA1(key: secret, request.body)
        case .sha256: sodium.hmacSHA256(key: secret, request.body)
        case .sha512: sodium.hmacSHA512(key: secret, request.body)
        }
      return sodium.isEqual(code, signature)
    }
  }

  // MARK: Schemes that show the secret itself

  private func bearer(
    _ auth: WebhookAuth, _ request: IngressRequest, _ secrets: [[UInt8]]
  ) -> Bool {
    if let header = auth.header, header.lowercased() != "authorization" {
      guard let value = request.header(header) else { return false }
      return isOne(Array(value.utf8), of: secrets)
    }
    guard let token = credentials(request, scheme: "bearer") else { return false }
    return isOne(Array(token.utf8), of: secrets)
  }

  /// The secret is `user:password`.
  private func basic(
    _ auth: WebhookAuth, _ request: IngressRequest, _ secrets: [[UInt8]]
  ) -> Bool {
    guard let text = credentials(request, scheme: "basic"), let pair = Base64.decode(text) else {
      return false
    }
    return isOne(pair, of: secrets)
  }

  private func credentials(_ request: IngressRequest, scheme: String) -> String? {
    guard let value = request.header("authorization") else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == scheme else { return nil }
    return String(parts[1].drop { $0 == " " })
  }

  /// Compares hashes, so that the time tells nothing of the length either.
  private func isOne(_ shown: [UInt8], of secrets: [[UInt8]]) -> Bool {
    let hash = sodium.sha256(shown)
    return secrets.contains { sodium.isEqual(sodium.sha256($0), hash) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Signs a request with a message authentication code, as webhooks are signed.
import Crypto
import Pipeline
import Values

extension HMACSigning {
  /// The headers that carry the signature of a request.
  ///
  /// **Source** RFC 2104; https://docs.stripe.com/webhooks, https://www.standardwebhooks.com,
  /// https://docs.github.com/webhooks (the forms that are met)
  ///
  /// - Throws: `ActionFailure`, code `bad_credential`, when the secret is no base64 where it must
  ///   be.
  func signature(
    of request: OutgoingRequest, fields: JSONValue, _ sodium: Sodium
  ) throws(ActionFailure) -> RequestSignature {
    guard request.streamed == nil else { throw OutgoingRequest.cannotSign }
    let secret = OpenedCredential.fill(self.secret, fields)
    let seconds = request.now / 1_000
    let code = try code(of: signed(request, seconds), secret, sodium)
    let written = encoding == .hex ? Hex.encode(code) : Base64.encode(code)
    let value = OpenedCredential.fill(
      writtenAs, ["signature": .text(written), "timestamp": .integer(seconds)])
    var headers = [(name: OpenedCredential.fill(header, fields), value: value)]
    if let timestampHeader { headers.append((timestampHeader, String(seconds))) }
    if let idHeader { headers.append((idHeader, request.id)) }
    return RequestSignature(headers: headers, secrets: [secret, Self.bare(secret), written])
  }

  /// The bytes that are signed: `over` with its places filled, the body as it is.
  private func signed(_ request: OutgoingRequest, _ seconds: Int64) -> [UInt8] {
    var parts = over.split(separator: "{body}", omittingEmptySubsequences: false)[...]
    let places: JSONValue = ["timestamp": .integer(seconds), "id": .text(request.id)]
    var bytes = Array(OpenedCredential.fill(String(parts.removeFirst()), places).utf8)
    for part in parts {
      bytes += request.body
      bytes += Array(OpenedCredential.fill(String(part), places).utf8)
    }
    return bytes
  }

  private func code(
    of bytes: [UInt8], _ secret: String, _ sodium: Sodium
  ) throws(ActionFailure) -> [UInt8] {
    let key = keyForm == .text ? Array(secret.utf8) : Base64.decode(Self.bare(secret)) ?? []
    guard !key.isEmpty else {
      throw ActionFailure(
        .invalidInput, code: "bad_credential",
        message: keyForm == .text
          ? "the secret that signs is empty: store it again"
          : "the secret that signs must be base64, perhaps after whsec_: store it again")
    }
    switch algorithm {
    case .sha256: return sodium.hmacSHA256(key: key, bytes)
    case .sha512: return sodium.hmacSHA512(key: key, bytes)
    case .sha1: return sodium.hmacSHA1(key: key, bytes)
    }
  }

  /// Without the prefix that says what it is.
  private static func bare(_ secret: String) -> String {
    secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
  }
}

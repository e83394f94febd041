// SPDX-License-Identifier: Apache-2.0
// The keys of Standard Webhooks.

import Crypto

/// A secret as the sender gave it out: decoded before it is used.
///
/// **Source** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
enum StandardWebhooksSecret {
  /// `whsec_` and base 64 of 24 to 64 bytes: HMAC-SHA-256, signatures `v1`.
  case shared([UInt8])
  /// `whpk_` and base 64 of 32 bytes: Ed25519, signatures `v1a`.
  case publicKey([UInt8])

  init?(_ secret: [UInt8]) {
    let text = String(decoding: secret, as: UTF8.self)
    if text.hasPrefix("whpk_") {
      guard let key = Base64.decode(text.dropFirst(5)), key.count == 32 else { return nil }
      self = .publicKey(key)
      return
    }
    // Some senders give the base 64 out without its prefix.
    let code = text.hasPrefix("whsec_") ? text.dropFirst(6) : Substring(text)
    guard let key = Base64.decode(code), (24...64).contains(key.count) else { return nil }
    self = .shared(key)
  }

  /// Whether one signature of the header, `version,base64`, is right; other versions are not.
  func verifies(_ signature: Substring, of signed: [UInt8], _ sodium: Sodium) -> Bool {
    let parts = signature.split(separator: ",", maxSplits: 1)
    guard parts.count == 2, let bytes = Base64.decode(parts[1]) else { return false }
    switch self {
    case .shared(let key):
      return parts[0] == "v1" && sodium.isEqual(sodium.hmacSHA256(key: key, signed), bytes)
    case .publicKey(let key):
      return parts[0] == "v1a"
        && sodium.verifyEd25519(signature: bytes, message: signed, publicKey: key)
    }
  }
}

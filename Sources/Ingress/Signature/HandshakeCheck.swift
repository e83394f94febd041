// SPDX-License-Identifier: Apache-2.0
// The question of a provider whether a URL is ours.

import Crypto
import Pipeline
import Values

/// Reads a handshake and judges it. What it is made of stands in the plugin's manifest.
struct HandshakeCheck {
  let handshake: WebhookHandshake

  init(_ handshake: WebhookHandshake) { self.handshake = handshake }

  /// The query of a request that is this question; nil for another request.
  func question(in request: IngressRequest) -> JSONObject? {
    guard request.method == "GET", !handshake.when.isEmpty,
      let query = try? FormText.fields(request.query, what: "query string")
    else { return nil }
    return handshake.when.allSatisfy { query[$0.key]?.asText == $0.value } ? query : nil
  }

  /// What is given back where the question shows the secret; nil where it does not, or where the
  /// text could be more than a text.
  func answer(to query: JSONObject, _ secrets: [[UInt8]], _ sodium: Sodium) -> String? {
    let shown = sodium.sha256(Array((query[handshake.token]?.asText ?? "").utf8))
    // Hashes, and each of them: the time tells nothing of the length nor of which one it was.
    let fitting = secrets.filter { sodium.isEqual(sodium.sha256($0), shown) }
    guard !fitting.isEmpty, let answer = query[handshake.answer]?.asText,
      (1...IngressLimits.handshakeAnswer).contains(answer.utf8.count),
      answer.utf8.allSatisfy(HandshakeCheck.isPlain)
    else { return nil }
    return answer
  }

  /// Letters, digits and what base 64 and URLs are made of: nothing a page could be made of.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"),
      UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}

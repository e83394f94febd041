// SPDX-License-Identifier: Apache-2.0
// What bridges say of the people they could not add.
import JackfieldPlugin

extension MemberRefusal {
  /// Reads a list of participants with a code or a word each, or an object keyed by their ids.
  ///
  /// **Source**: whatsmeow and Baileys hand WhatsApp's own codes on: 401 blocked, 403 privacy, 404
  /// no such account, 408 left a short while ago, 419 and 500 full.
  static func read(_ answer: JSONValue) -> [String: MemberRefusal] {
    var found: [String: MemberRefusal] = [:]
    if let object = answer.asObject, object["participants"] == nil {
      for (id, value) in object where id.contains("@") {
        found[GatewayAddress.number(id)] = refusal(value)
      }
      return found
    }
    for value in GatewayAddress.elements(answer["participants"] ?? answer) {
      guard
        let id = GatewayAddress.text(
          value, "PhoneNumber", "participant", "pn", "id", "jid", "JID", "phone")
      else { continue }
      found[GatewayAddress.number(id)] = refusal(value)
    }
    return found
  }

  private static func refusal(_ value: JSONValue) -> MemberRefusal? {
    let words = ["message", "status", "error"].compactMap { value[$0]?.asText }
    let code =
      ["code", "error", "Error", "status"].lazy
      .compactMap { value[$0]?.asInteger ?? value[$0]?.asText.flatMap { Int64($0) } }
      .first { $0 != 0 }
    let text = words.joined(separator: " ").lowercased()
    switch code {
    case 200, 201: return nil
    case 409: return .present
    case 401, 403, 408: return .invitationOnly
    case 404: return .notOnWhatsApp
    case 419, 500: return .groupFull
    case let code?: return .other("code \(code)" + (words.last.map { ": \($0)" } ?? ""))
    case nil: break
    }
    if text.isEmpty || text.contains("success") { return nil }
    if text.contains("privacy") || text.contains("403") { return .invitationOnly }
    if text.contains("not registered") || text.contains("not on whatsapp") { return .notOnWhatsApp }
    if text.contains("full") { return .groupFull }
    return .other(words.last ?? text)
  }
}

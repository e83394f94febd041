// SPDX-License-Identifier: Apache-2.0
// Reading how a credential is put on a request.

import Values

extension SendAs {
  static func read(_ source: DocumentValue, fields: [String]) -> SendAs? {
    let kinds = ["bearer", "header", "basic", "query", "hmac", "sigv4", "mail"]
    guard let object = source.object(keys: kinds + ["value"]) else { return nil }
    let found = kinds.filter { object[$0] != nil }
    guard found.count == 1, let kind = found.first, let member = object[kind] else {
      source.error(
        "bad_send_as", "\"send_as\" needs exactly one of " + kinds.joined(separator: ", "))
      return nil
    }
    switch kind {
    case "bearer": return text(member, fields).map { .bearer($0) }
    case "mail":
      guard member.boolean() == true else { return nil }
      return .mail
    case "basic":
      guard let parts = member.object(keys: ["user", "password"]),
        let user = text(parts.required("user"), fields),
        let password = text(parts.required("password"), fields)
      else { return nil }
      return .basic(user: user, password: password)
    case "sigv4": return AWSSigning.read(member, fields: fields).map { .sigv4($0) }
    case "hmac":
      guard let secret = text(object.required("value"), fields) else { return nil }
      return HMACSigning.read(member, secret: secret, fields: fields).map { .hmac($0) }
    default:
      guard let name = member.text(atMost: PipelineLimits.titleLength),
        let value = text(object.required("value"), fields)
      else { return nil }
      return kind == "header" ? .header(name: name, value: value) : .query(name: name, value: value)
    }
  }

  static func text(_ source: DocumentValue?, _ fields: [String]) -> String? {
    guard let source, let text = source.text() else { return nil }
    return checkFields(of: text, source, fields: fields) ? text : nil
  }

  /// Whether each `{field}` of a text is a field of the kind, or of what else has fields.
  static func checkFields(
    of text: String, _ source: DocumentValue, fields: [String], of owner: String = "the credential"
  ) -> Bool {
    for name in fieldNames(of: text) where !fields.contains(name) {
      source.error(
        "unknown_field",
        "\(source.label) names the field \"\(name)\", which \(owner) does not have"
          + Suggestion.text(for: name, among: fields),
        nearest: Suggestion.nearest(to: name, among: fields))
      return false
    }
    return true
  }

  /// The names in braces of a text such as `Bearer {token}`.
  package static func fieldNames(of text: String) -> [String] {
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.contains("}") ? String(part.prefix { $0 != "}" }) : nil
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Reading the credential kinds of a manifest.

import Values

extension CredentialKind {
  static func read(_ source: DocumentValue) -> CredentialKind? {
    guard
      let object = source.object(
        keys: ["kind", "title", "description", "fields", "send_as", "hosts", "test"]),
      let kind = object.required("kind")?.name()
    else { return nil }
    var credential = CredentialKind(kind: kind)
    let fields = object.required("fields")
    credential.fields =
      fields?.elements(atMost: PipelineLimits.credentialKinds, CredentialField.read) ?? []
    fields?.unique(credential.fields.map(\.name), what: "credential field")
    let names = credential.fields.map(\.name)
    credential.sendAs = object["send_as"].flatMap { SendAs.read($0, fields: names) }
    credential.hosts =
      object["hosts"]?.elements(atMost: PipelineLimits.hosts) { host in
        host.hostName(mayBeField: true).flatMap { text in
          SendAs.checkFields(of: text, host, fields: names) ? text : nil
        }
      } ?? []
    credential.test = object["test"]?.value
    if let test = object["test"] { _ = test.object(keys: ["method", "url", "expect"]) }
    return credential
  }
}

extension CredentialField {
  static func read(_ source: DocumentValue) -> CredentialField? {
    guard
      let object = source.object(keys: [
        "name", "title", "description", "secret", "required", "type", "default", "options",
      ]), let name = object.required("name")?.name()
    else { return nil }
    var field = CredentialField(name: name)
    field.title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    field.isSecret = object["secret"]?.boolean() ?? false
    field.type = object["type"]?.choice(CredentialFieldType.self) ?? .text
    field.defaultValue = object["default"]?.value
    field.isRequired = object["required"]?.boolean() ?? (field.defaultValue == nil)
    field.options = object["options"]?.texts(atMost: 50, length: 200) ?? []
    if field.isSecret, let value = object["default"] {
      value.error("secret_default", "the secret field \"\(name)\" has a default: remove it")
    }
    return field
  }
}

extension SendAs {
  static func read(_ source: DocumentValue, fields: [String]) -> SendAs? {
    let kinds = ["bearer", "header", "basic", "query", "mail"]
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
    default:
      guard let name = member.text(atMost: PipelineLimits.titleLength),
        let value = text(object.required("value"), fields)
      else { return nil }
      return kind == "header" ? .header(name: name, value: value) : .query(name: name, value: value)
    }
  }

  private static func text(_ source: DocumentValue?, _ fields: [String]) -> String? {
    guard let source, let text = source.text() else { return nil }
    return checkFields(of: text, source, fields: fields) ? text : nil
  }

  /// Whether each `{field}` of a text is a field of the kind.
  static func checkFields(of text: String, _ source: DocumentValue, fields: [String]) -> Bool {
    for name in fieldNames(of: text) where !fields.contains(name) {
      source.error(
        "unknown_field",
        "\(source.label) names the field \"\(name)\", which the credential does not have"
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

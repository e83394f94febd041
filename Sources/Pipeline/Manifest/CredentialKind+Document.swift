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

// SPDX-License-Identifier: Apache-2.0
// A stored credential and its kind made into what the transport applies.
import Pipeline
import Store
import Values

extension OpenedCredential {
  /// - Parameters:
  ///   - row: the stored credential, its visible fields.
  ///   - secrets: its secret fields, opened.
  ///   - kinds: the kinds the plugins of this host declare.
  /// - Throws: `ActionFailure` when no installed plugin declares the kind.
  init(row: CredentialRow, secrets: JSONValue, kinds: [String: CredentialKind])
    throws(ActionFailure)
  {
    guard let kind = kinds[row.kind], let sending = kind.sendAs else {
      throw ActionFailure(
        .denied, code: "unknown_credential_kind",
        message: "credential \"\(row.name)\" is of kind \(row.kind), which no installed plugin "
          + "declares: install the plugin it was made for")
    }
    var all = JSONObject()
    for field in kind.fields { if let value = field.defaultValue { all[field.name] = value } }
    for (name, value) in row.shown.asObject ?? [:] { all[name] = value }
    for (name, value) in secrets.asObject ?? [:] { all[name] = value }
    name = row.name
    self.kind = row.kind
    redaction = SecretRedaction(
      secrets: (secrets.asObject ?? [:]).map { $0.value.asText ?? $0.value.json })
    fields = .object(all)
    hosts = CredentialKind.boundHosts(
      of: kind, fields: fields, named: row.shown["hosts"]?.asList?.compactMap(\.asText) ?? [])
    sendAs = OpenedCredential.applied(sending, fields)
  }

  /// The kind's way of sending with the fields filled in.
  private static func applied(_ sending: SendAs, _ fields: JSONValue) -> JSONValue {
    func filled(_ text: String) -> JSONValue { .text(fill(text, fields)) }
    func isEmpty(_ text: String) -> Bool {
      SendAs.fieldNames(of: text).contains { fields[$0]?.isEmpty ?? true }
    }
    switch sending {
    // A key that was left away, as servers at home have none, is not sent at all.
    case .bearer(let value), .header(_, let value), .query(_, let value):
      if isEmpty(value) { return [:] }
    case .basic, .mail: break
    }
    switch sending {
    case .bearer(let token): return ["bearer": filled(token)]
    case .header(let name, let value):
      return ["header": filled(name), "value": filled(value)]
    case .basic(let user, let password):
      return ["basic": ["user": filled(user), "password": filled(password)]]
    case .query(let name, let value): return ["query": filled(name), "value": filled(value)]
    case .mail: return ["mail": true]
    }
  }

  /// Replaces each `{field}` by the field's text, or by nothing where it has none.
  static func fill(_ text: String, _ fields: JSONValue) -> String {
    var filled = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      filled += rest[..<open]
      guard let end = rest[open...].firstIndex(of: "}") else { break }
      let name = String(rest[rest.index(after: open)..<end])
      if let value = fields[name] { filled += value.asText ?? value.json }
      rest = rest[rest.index(after: end)...]
    }
    return filled + rest
  }
}

extension CredentialKind {
  /// Where a credential of this kind may be sent: the kind's own hosts, `{field}` replaced by the
  /// host of that field's URL, or the hosts the operator named with it.
  package static func boundHosts(
    of kind: CredentialKind, fields: JSONValue, named: [String]
  ) -> [String] {
    guard !kind.hosts.isEmpty else { return named }
    return kind.hosts.compactMap { pattern in
      guard pattern.hasPrefix("{"), pattern.hasSuffix("}") else { return pattern }
      let value = fields[String(pattern.dropFirst().dropLast())]?.asText ?? ""
      guard let (host, port) = HostPattern.authority(of: value) else {
        return value.isEmpty ? nil : value
      }
      return "\(host):\(port)"
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// A stored credential and its kind made into what the transport applies.
import Crypto
import Pipeline
import Store
import Values

/// A credential opened for one request. Never logged, never stored, never handed to a plugin.
package struct OpenedCredential: Sendable {
  package let name: CredentialName
  package let kind: String
  let bound: [BoundHost]
  /// All fields, secrets included.
  package let fields: JSONValue
  /// How it is put on a request.
  let sending: SendAs
  /// The values of its secret fields.
  let secrets: [String]
  /// Strikes its secrets out of what is kept for viewing.
  let redaction: SecretRedaction

  package var isMail: Bool { sending == .mail }

  /// The hosts it is bound to, as patterns.
  package var hosts: [String] { bound.map(\.pattern) }

  /// Whether it may be sent there. In the clear a secret goes only where the operator named an
  /// `http:` URL or a host with its port, and a short one, which is soon guessed, nowhere.
  package func covers(host: String, port: Int, isPlain: Bool) -> Bool {
    if isPlain, CredentialKind.isShort(secrets) { return false }
    return bound.contains { place in
      HostPattern.covers(place.pattern, host: host, port: port) && (!isPlain || place.allowsPlain)
    }
  }
}

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
    var all = kind.completed(row.shown)
    for (name, value) in secrets.asObject ?? [:] { all[name] = value }
    name = row.name
    self.kind = row.kind
    self.secrets = (secrets.asObject ?? [:]).map { $0.value.asText ?? $0.value.json }
    redaction = SecretRedaction(secrets: self.secrets)
    fields = .object(all)
    bound = kind.boundHosts(
      fields: fields, named: row.shown["hosts"]?.asList?.compactMap(\.asText) ?? [])
    self.sending = sending
  }

  /// What the transport is told: how to apply the credential, what to strike out of the answer, and
  /// the URL where it had to be written otherwise to be signed.
  ///
  /// - Throws: `ActionFailure` when the request cannot be signed.
  func applied(
    to request: OutgoingRequest, _ sodium: Sodium
  ) throws(ActionFailure) -> (auth: JSONValue, url: String) {
    // A key that was left away, as servers at home have none, is not sent at all.
    guard !isLeftAway else { return ([:], request.url) }
    var auth = JSONObject()
    var hidden = secrets
    var url = request.url
    switch sending {
    case .bearer(let token): auth["bearer"] = filled(token)
    case .header(let name, let value):
      auth["header"] = filled(name)
      auth["value"] = filled(value)
    case .basic(let user, let password):
      auth["basic"] = ["user": filled(user), "password": filled(password)]
    case .query(let name, let value):
      auth["query"] = filled(name)
      auth["value"] = filled(value)
    case .hmac, .sigv4:
      guard let signed = try signature(of: request, sodium) else { break }
      auth["signed"] = .object(
        JSONObject(signed.headers.map { (name: $0.name, value: .text($0.value)) }))
      hidden += signed.secrets
      url = signed.url ?? url
    case .mail: break
    }
    auth["secrets"] = .list(hidden.filter { !$0.isEmpty }.map { .text($0) })
    return (.object(auth), url)
  }

  private func signature(
    of request: OutgoingRequest, _ sodium: Sodium
  ) throws(ActionFailure) -> RequestSignature? {
    switch sending {
    case .hmac(let signing): try signing.signature(of: request, fields: fields, sodium)
    case .sigv4(let signing):
      try AWSSignature(signing, fields: fields, sodium).signature(of: request)
    default: nil
    }
  }

  private var isLeftAway: Bool {
    switch sending {
    case .bearer(let value), .header(_, let value), .query(_, let value):
      SendAs.fieldNames(of: value).contains { fields[$0]?.isEmpty ?? true }
    default: false
    }
  }

  private func filled(_ text: String) -> JSONValue { .text(Self.fill(text, fields)) }

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

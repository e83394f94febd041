// SPDX-License-Identifier: Apache-2.0
// A kind of credential a plugin declares: its fields, and how the host applies them.

import Values

/// A kind of credential. The host keeps the fields, applies them, and only towards `hosts`.
package struct CredentialKind: Sendable, Hashable {
  package var kind: String
  package var fields: [CredentialField] = []
  package var sendAs: SendAs?
  /// Hosts the credential is bound to; `{field}` is the host of that field's URL. Empty: the
  /// operator names them with the credential.
  package var hosts: [String] = []
  /// A request that shows whether the credential works, as written.
  package var test: JSONValue?

  package init(kind: String) { self.kind = kind }
}

/// One field of a credential.
package struct CredentialField: Sendable, Hashable {
  package var name: String
  package var title: String?
  /// Whether its value is never shown again.
  package var isSecret = false
  package var isRequired = true
  package var type: CredentialFieldType = .text
  package var defaultValue: JSONValue?
  /// The allowed texts; empty is any.
  package var options: [String] = []

  package init(name: String) { self.name = name }
}

/// The types of a credential's fields.
package enum CredentialFieldType: String, Sendable, Hashable, CaseIterable {
  case text, integer, boolean, url
}

/// How a credential is put on a request. Texts name fields in braces: `{token}`.
package enum SendAs: Sendable, Hashable {
  case bearer(String)
  case header(name: String, value: String)
  case basic(user: String, password: String)
  case query(name: String, value: String)
  /// Sign the request; the secret stays here.
  case hmac(HMACSigning)
  case sigv4(AWSSigning)
  /// Log in at the mail server.
  case mail
}

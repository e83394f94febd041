// SPDX-License-Identifier: Apache-2.0
// Credentials at rest and in use: sealed in the store, opened only on the way out.
import Crypto
import Pipeline
import Store
import Values

/// A credential as the operator sees it: everything but the secrets.
package struct CredentialSummary: Sendable {
  package let name: CredentialName
  package let kind: String
  /// The fields that are no secrets.
  package let fields: JSONValue
  /// The hosts it may be sent to; patterns as in grants.
  package let hosts: [String]
}

/// A credential opened for one request. Never logged, never stored, never handed to a plugin.
package struct OpenedCredential: Sendable {
  package let name: CredentialName
  package let kind: String
  package let hosts: [String]
  /// All fields, secrets included.
  package let fields: JSONValue
  /// How the transport applies it: `{"bearer": …}`, `{"header": …, "value": …}` and so on.
  package let sendAs: JSONValue
  /// Strikes its secrets out of what is kept for viewing.
  let redaction: SecretRedaction

  package var isMail: Bool { sendAs["mail"]?.asBoolean == true }

  /// Whether it may be sent there. A binding without a port means https: in the clear a secret
  /// goes only where the operator named host and port.
  package func covers(host: String, port: Int, isPlain: Bool) -> Bool {
    hosts.contains { pattern in
      HostPattern.covers(pattern, host: host, port: port)
        && (!isPlain || HostPattern.namesPort(pattern))
    }
  }
}

/// Seals and opens credentials with the data folder's key.
package struct CredentialVault: Sendable {
  private let key: SecretKeyFile

  package init(key: SecretKeyFile) {
    self.key = key
  }

  package var keyID: String { key.keyID }

  /// Seals the secret fields. The name and project are bound in, so that a sealed row moved to
  /// another name does not open.
  package func seal(_ secrets: JSONValue, project: ProjectID, name: CredentialName) -> [UInt8] {
    key.seal(JSONValue.object(["for": .text(binding(project, name)), "secrets": secrets]).jsonBytes)
  }

  /// - Throws: `ActionFailure` when the row was sealed with another key or changed.
  package func open(_ row: CredentialRow) throws(ActionFailure) -> JSONValue {
    guard row.keyID == key.keyID else {
      throw ActionFailure(
        .denied, code: "wrong_key",
        message: "credential \"\(row.name)\" was sealed with key \(row.keyID), this data folder "
          + "has key \(key.keyID): restore secret.key or set the credential again")
    }
    guard let bytes = try? key.open(row.sealed), let value = try? JSONValue(parsing: bytes),
      value["for"]?.asText == binding(row.project, row.name)
    else {
      throw ActionFailure(
        .denied, code: "credential_damaged",
        message: "credential \"\(row.name)\" does not open: set it again")
    }
    return value["secrets"] ?? [:]
  }

  private func binding(_ project: ProjectID, _ name: CredentialName) -> String {
    "\(project)/\(name)"
  }
}

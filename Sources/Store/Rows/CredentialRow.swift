// SPDX-License-Identifier: Apache-2.0
// A credential as it is stored: what may be shown, and what is sealed.

import Pipeline

/// A credential; its secrets are in `sealed` and nowhere else.
package struct CredentialRow: Sendable, Hashable {
  package let project: ProjectID
  package let name: CredentialName
  package let kind: String
  /// **Shape** JSON object of the fields that are no secrets
  package let fields: String
  package let sealed: [UInt8]
  /// Which key sealed it.
  package let keyID: String
  /// **Unit** milliseconds since 1970
  package let updatedAt: Int64

  package init(
    project: ProjectID, name: CredentialName, kind: String, fields: String, sealed: [UInt8],
    keyID: String, updatedAt: Int64
  ) {
    self.project = project
    self.name = name
    self.kind = kind
    self.fields = fields
    self.sealed = sealed
    self.keyID = keyID
    self.updatedAt = updatedAt
  }
}

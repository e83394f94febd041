// SPDX-License-Identifier: Apache-2.0
// Credentials at rest: sealed in the store with the data folder's key.
import Crypto
import Pipeline
import Store
import Synchronization
import Values

/// Seals and opens credentials. Locked until it is told what the store holds: only then is known
/// which key is the right one, and whether a missing one may be made.
package final class CredentialVault: Sendable {
  /// Computes signatures, with the library that seals.
  package let sodium: Sodium
  /// The keys it has: the one that seals, and those a credential that was just read may still
  /// need while they change.
  private let ring = Mutex<Ring>(Ring())

  private struct Ring {
    var current: SecretKeyFile?
    var all: [String: SecretKeyFile] = [:]
  }

  package init(sodium: Sodium) {
    self.sodium = sodium
  }

  /// A vault that is there to look what a key opens.
  package convenience init(reading key: SecretKeyFile, _ sodium: Sodium) {
    self.init(sodium: sodium)
    take(key)
  }

  /// Nil where there is none, which has then been said.
  package var keyID: String? { ring.withLock { $0.current?.keyID } }

  /// Seals the secret fields. The name and project are bound in, so that a sealed row moved to
  /// another name does not open.
  ///
  /// - Throws: `ActionFailure`, code `key_missing`.
  package func seal(
    _ secrets: JSONValue, project: ProjectID, name: CredentialName
  ) throws(ActionFailure) -> (bytes: [UInt8], keyID: String) {
    guard let key = ring.withLock({ $0.current }) else {
      throw ActionFailure(
        .denied, code: "key_missing",
        message: "this data folder has no secret.key, and credentials sealed with one: restore it, "
          + "or remove those credentials first")
    }
    return (seal(secrets, key, project, name), key.keyID)
  }

  /// - Throws: `ActionFailure` when the row was sealed with another key or changed.
  package func open(_ row: CredentialRow) throws(ActionFailure) -> JSONValue {
    let (key, current) = ring.withLock { ($0.all[row.keyID], $0.current?.keyID) }
    guard let key else {
      throw ActionFailure(
        .denied, code: "wrong_key",
        message: "credential \"\(row.name)\" was sealed with key \(row.keyID), this data folder "
          + "has \(current.map { "key \($0)" } ?? "none"): restore secret.key or set the credential "
          + "again")
    }
    guard var bytes = try? key.open(row.sealed) else { throw CredentialVault.damaged(row) }
    defer { bytes.wipe() }
    guard let value = try? JSONValue(parsing: bytes),
      value["for"]?.asText == binding(row.project, row.name)
    else { throw CredentialVault.damaged(row) }
    return value["secrets"] ?? [:]
  }

  private static func damaged(_ row: CredentialRow) -> ActionFailure {
    ActionFailure(
      .denied, code: "credential_damaged",
      message: "credential \"\(row.name)\" does not open: set it again")
  }

  private func seal(
    _ secrets: JSONValue, _ key: SecretKeyFile, _ project: ProjectID, _ name: CredentialName
  ) -> [UInt8] {
    var plain = JSONValue.object(["for": .text(binding(project, name)), "secrets": secrets])
      .jsonBytes
    defer { plain.wipe() }
    return key.seal(plain)
  }

  private func binding(_ project: ProjectID, _ name: CredentialName) -> String {
    "\(project)/\(name)"
  }
}

// MARK: which key

extension CredentialVault {
  /// Takes the key of a folder, finishes or undoes a change of keys that was interrupted, and makes
  /// a key where nothing was ever sealed.
  ///
  /// - Parameter rows: every credential of the store.
  /// - Returns: the rows that the key cannot open, because another one sealed them.
  package func unlock(
    folder: String, rows: [CredentialRow]
  ) throws(CryptoError) -> [CredentialRow] {
    try settle(folder, Set(rows.map(\.keyID)))
    let key =
      rows.isEmpty
      ? try SecretKeyFile.open(folder: folder, sodium: sodium)
      : try SecretKeyFile.read(folder: folder, sodium: sodium)
    if let key { take(key) }
    return rows.filter { $0.keyID != key?.keyID }
  }

  /// A draft of a key that credentials are sealed with is the key; another one is nothing yet.
  private func settle(_ folder: String, _ used: Set<String>) throws(CryptoError) {
    guard let draft = try SecretKeyFile.draft(folder: folder, sodium: sodium) else { return }
    if used.contains(draft.keyID) {
      try SecretKeyFile.adoptDraft(folder: folder)
    } else {
      SecretKeyFile.removeDraft(folder: folder)
    }
  }

  private func take(_ key: SecretKeyFile) {
    ring.withLock { ring in
      ring.current = key
      ring.all[key.keyID] = key
    }
  }

  /// Writes a new key beside the one in use; from now on it opens too.
  package func draftKey(folder: String) throws(CryptoError) -> SecretKeyFile {
    let key = try SecretKeyFile.makeDraft(folder: folder, sodium: sodium)
    ring.withLock { $0.all[key.keyID] = key }
    return key
  }

  /// The same credential, sealed with another key.
  ///
  /// - Throws: `ActionFailure` when it does not open.
  package func reseal(
    _ row: CredentialRow, with key: SecretKeyFile
  ) throws(ActionFailure) -> CredentialRow {
    CredentialRow(
      project: row.project, name: row.name, kind: row.kind, fields: row.fields,
      sealed: seal(try open(row), key, row.project, row.name), keyID: key.keyID,
      updatedAt: row.updatedAt)
  }

  /// Puts the drafted key in the place of the one before it, whose credentials are all sealed anew
  /// on disk. That one stays in memory until the host ends, for a request that read its credential
  /// just before.
  package func adopt(_ key: SecretKeyFile, folder: String) throws(CryptoError) {
    take(key)
    try SecretKeyFile.adoptDraft(folder: folder)
  }
}

// SPDX-License-Identifier: Apache-2.0
// The data folder's key: whether it is the right one, and its change.
import CSystem
import Crypto
import HostServices
import Pipeline
import Store

/// What a change of the key came to.
public struct KeyRotation: Sendable {
  public let formerKeyID: String
  public let keyID: String
  /// How many credentials were sealed anew.
  public let credentials: Int
}

extension Host {
  /// Gives the vault its key. A host that is to run refuses credentials it cannot open, unless it
  /// was told to go without them; one for documents takes them, so that they can be set or removed.
  ///
  /// - Throws: `HostError`, codes `wrong_key`, `key_missing`, and those of an unreadable key.
  static func unlock(
    _ vault: CredentialVault, _ store: Store, _ options: HostOptions
  ) throws(HostError) {
    let lost: [CredentialRow]
    do {
      let rows = try store.readAndWait { transaction throws(StoreError) in
        try transaction.credentialAll()
      }
      lost = try vault.unlock(folder: options.dataFolder, rows: rows)
    } catch let error as StoreError {
      throw HostError(error.code.rawValue, error.message)
    } catch let error as CryptoError {
      throw HostError(error.code.rawValue, error.message)
    } catch {
      throw HostError("key_unreadable", "\(error)")
    }
    guard let first = lost.first else { return }
    let message = Host.words(for: lost, vault.keyID, options.dataFolder)
    if options.extent == .everything, !options.goesWithoutSecrets {
      throw HostError(vault.keyID == nil ? "key_missing" : "wrong_key", message)
    }
    options.log("key \(first.keyID) is missing: \(lost.count) credentials are not to be used")
  }

  private static func words(
    for lost: [CredentialRow], _ keyID: String?, _ folder: String
  ) -> String {
    let named = lost.prefix(3).map { "\($0.name) (project \($0.project), key \($0.keyID))" }
      .joined(separator: ", ") + (lost.count > 3 ? " and \(lost.count - 3) more" : "")
    let file = "\(folder)/secret.key"
    let found = keyID.map { "\(file) is key \($0)" } ?? "there is no \(file)"
    return "credentials were sealed with another key, \(found): \(named). Put the secret.key that "
      + "was saved for this folder back; or set them again (jackfield credential set) or remove "
      + "them (jackfield credential remove), which needs no key; or start without them: jackfield "
      + "serve --without-secrets"
  }

  /// Seals every credential with a new key, in one transaction, while everything goes on.
  ///
  /// The new key lies beside the old one until the transaction is on disk, so at each moment the
  /// folder holds the key of what the store holds; a start finishes or undoes what was interrupted.
  ///
  /// - Throws: `HostError`: a credential does not open with the key there is (`wrong_key`,
  ///   `credential_damaged`), the new key cannot be written, the store cannot be.
  public func rotateKey() throws(HostError) -> KeyRotation {
    try change { () throws(HostError) -> KeyRotation in
      guard let former = vault.keyID else {
        throw HostError("key_missing", "there is no secret.key to change: restore it first")
      }
      let (vault, folder) = (vault, options.dataFolder)
      let key = try keeping { () throws(CryptoError) in try vault.draftKey(folder: folder) }
      sys_fault(SYS_FAULT_KEY_DRAFTED)
      do throws(HostError) {
        let count = try resealAll(with: key)
        sys_fault(SYS_FAULT_KEY_COMMITTED)
        try keeping { () throws(CryptoError) in try vault.adopt(key, folder: folder) }
        return KeyRotation(formerKeyID: former, keyID: key.keyID, credentials: count)
      } catch {
        // What is on disk decides: the draft goes only when nothing is sealed with it.
        let rows = try reading { transaction throws(StoreError) in try transaction.credentialAll() }
        if !rows.contains(where: { $0.keyID == key.keyID }) {
          SecretKeyFile.removeDraft(folder: folder)
        }
        throw error
      }
    }
  }

  private func resealAll(with key: SecretKeyFile) throws(HostError) -> Int {
    let vault = vault
    let rows = try reading { transaction throws(StoreError) in try transaction.credentialAll() }
    var sealed: [CredentialRow] = []
    for row in rows {
      do throws(ActionFailure) { sealed.append(try vault.reseal(row, with: key)) } catch {
        throw HostError(error.code, "project \(row.project): \(error.message)")
      }
    }
    let changed = sealed
    try writing { transaction throws(StoreError) -> Void in
      for row in changed { try transaction.credentialPut(row) }
      sys_fault(SYS_FAULT_KEY_SEALED)
    }
    return changed.count
  }

  private func keeping<Value>(
    _ body: () throws(CryptoError) -> Value
  ) throws(HostError) -> Value {
    do throws(CryptoError) { return try body() } catch {
      throw HostError(error.code.rawValue, error.message)
    }
  }
}

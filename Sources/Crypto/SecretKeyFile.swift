// SPDX-License-Identifier: Apache-2.0
// The key that seals credentials, in a file of the data folder.

import Glibc

/// Seals and opens secrets with the data folder's key, so that a copy of the database alone, or a
/// line of it in a log, tells nothing.
package final class SecretKeyFile: Sendable {
  /// Which key this is: stored beside what it seals. Eight hex digits of a hash, no part of it.
  package let keyID: String
  private let key: [UInt8]
  private let sodium: Sodium

  /// Reads `folder`/secret.key, or makes it with mode 0600 at first use.
  ///
  /// **Throws** `key_unreadable`, `key_unsafe` (others may read it), `key_damaged` (not 32 bytes)
  package static func open(folder: String, sodium: Sodium) throws(CryptoError) -> SecretKeyFile {
    if let key = try read(folder: folder, sodium: sodium) { return key }
    let path = folder + fileName
    try create(path, in: folder, key: sodium.randomBytes(Sodium.keySize))
    return SecretKeyFile(key: try read(path), sodium: sodium)
  }

  /// Reads `folder`/secret.key.
  ///
  /// **Shape** nil where there is none
  /// **Throws** as `open`
  package static func read(folder: String, sodium: Sodium) throws(CryptoError) -> SecretKeyFile? {
    try existing(folder + fileName, sodium)
  }

  private static func existing(
    _ path: String, _ sodium: Sodium
  ) throws(CryptoError) -> SecretKeyFile? {
    if access(path, F_OK) != 0 && errno == ENOENT { return nil }
    return SecretKeyFile(key: try read(path), sodium: sodium)
  }

  private static let fileName = "/secret.key"
  private static let draftName = "/secret.key.next"

  private init(key: [UInt8], sodium: Sodium) {
    self.key = key
    self.sodium = sodium
    let name = sodium.hmacSHA256(key: key, Array("jackfield key id".utf8))
    keyID = Hex.encode(name.prefix(4))
  }

  /// Seals a plain text; the same text never gives the same bytes twice.
  package func seal(_ plain: [UInt8]) -> [UInt8] { sodium.seal(plain, key: key) }

  /// **Throws** `seal_broken`
  package func open(_ sealed: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let plain = sodium.open(sealed, key: key) else {
      throw CryptoError(
        .sealBroken,
        "a credential was not sealed with key \(keyID), or was changed: restore secret.key, or set "
          + "the credential again")
    }
    return plain
  }

  // MARK: A change of keys

  /// Writes a new key beside the one in use.
  ///
  /// **Throws** `key_unreadable`
  package static func makeDraft(folder: String, sodium: Sodium) throws(CryptoError) -> SecretKeyFile {
    let path = folder + draftName
    try create(path, in: folder, key: sodium.randomBytes(Sodium.keySize))
    return SecretKeyFile(key: try read(path), sodium: sodium)
  }

  /// The new key of a change that has not ended; nil where there is none.
  package static func draft(folder: String, sodium: Sodium) throws(CryptoError) -> SecretKeyFile? {
    try existing(folder + draftName, sodium)
  }

  /// The draft takes the key's place: what it replaces is gone.
  package static func adoptDraft(folder: String) throws(CryptoError) {
    let path = folder + fileName
    guard rename(folder + draftName, path) == 0 else { throw cannot("replace", path) }
    synchronize(folder)
  }

  package static func removeDraft(folder: String) {
    unlink(folder + draftName)
    synchronize(folder)
  }

  // MARK: The file

  /// Written whole under another name first: a crash leaves no half a key.
  private static func create(
    _ path: String, in folder: String, key: [UInt8]
  ) throws(CryptoError) {
    let draft = path + ".new"
    unlink(draft)
    let file = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw cannot("make", path) }
    let isWritten = write(file, key, key.count) == key.count && fsync(file) == 0
    close(file)
    guard isWritten, rename(draft, path) == 0 else {
      let error = cannot("make", path)
      unlink(draft)
      throw error
    }
    synchronize(folder)
  }

  private static func synchronize(_ folder: String) {
    let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  private static func read(_ path: String) throws(CryptoError) -> [UInt8] {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw cannot("read", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw cannot("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      throw CryptoError(.keyUnsafe, "\(path) is no file of this user: put the key's file there")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw CryptoError(
        .keyUnsafe,
        "others may read \(path): chmod 600 \(path), and rotate the credentials if they did")
    }
    var key = [UInt8](repeating: 0, count: Sodium.keySize + 1)
    let size = pread(file, &key, key.count, 0)
    guard size == Sodium.keySize else {
      throw CryptoError(
        .keyDamaged,
        "\(path) has not the \(Sodium.keySize) bytes of a key: restore it, or remove it and set "
          + "the credentials again")
    }
    return Array(key[..<Sodium.keySize])
  }

  private static func cannot(_ verb: String, _ path: String) -> CryptoError {
    CryptoError(
      .keyUnreadable,
      "cannot \(verb) \(path) (\(String(cString: strerror(errno)))): check the data folder")
  }
}

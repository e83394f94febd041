// SPDX-License-Identifier: Apache-2.0
// What the host does with cryptography, in Swift's types.

import Synchronization

/// Hashes, codes, signatures, sealing and randomness.
package struct Sodium: Sendable {
  let library: SodiumLibrary

  /// Loads the library once for the process.
  ///
  /// **Throws** `sodium_missing` with the package to install, `sodium_unfit`
  package static func load() throws(CryptoError) -> Sodium {
    try loaded.withLock { kept throws(CryptoError) in
      if let kept { return kept }
      let sodium = Sodium(library: try SodiumLibrary())
      kept = sodium
      return sodium
    }
  }

  private static let loaded = Mutex<Sodium?>(nil)

  init(library: SodiumLibrary) { self.library = library }

  // MARK: Hashes and codes

  package func sha256(_ message: [UInt8]) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    withBytes(message) { bytes, count in
      check(library.sha256(&hash, bytes, UInt64(count)))
    }
    return hash
  }

  /// **Source** RFC 2104, RFC 4231. A key may have any length.
  package func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    code(library.hmacSHA256, size: 32, key: key, message)
  }

  /// **Source** RFC 2104, RFC 4231. A key may have any length.
  package func hmacSHA512(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    code(library.hmacSHA512, size: 64, key: key, message)
  }

  /// **Source** RFC 2104, RFC 2202. Only for senders that have nothing better.
  package func hmacSHA1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    SHA1.code(key: key, message)
  }

  private func code(
    _ mac: SodiumLibrary.MAC, size: Int, key: [UInt8], _ message: [UInt8]
  ) -> [UInt8] {
    let state = UnsafeMutableRawPointer.allocate(byteCount: mac.stateSize, alignment: 64)
    defer { state.deallocate() }
    var code = [UInt8](repeating: 0, count: size)
    withBytes(key) { bytes, count in check(mac.begin(state, bytes, count)) }
    withBytes(message) { bytes, count in check(mac.update(state, bytes, UInt64(count))) }
    check(mac.end(state, &code))
    return code
  }

  /// Compares in a time that depends on the lengths only.
  package func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return withBytes(left) { one, count in
      withBytes(right) { two, _ in library.compare(one, two, count) == 0 }
    }
  }

  /// **Source** RFC 8032
  package func verifyEd25519(
    signature: [UInt8], message: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard signature.count == 64, publicKey.count == 32 else { return false }
    return withBytes(message) { bytes, count in
      library.verifyEd25519(signature, bytes, UInt64(count), publicKey) == 0
    }
  }

  // MARK: Randomness

  package func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { library.randomFill(start, buffer.count) }
    }
    return bytes
  }

  /// An unguessable name for a URL: 160 random bits in lower-case hex.
  package func randomToken() -> String { Hex.encode(randomBytes(20)) }

  // MARK: Sealing

  static let keySize = 32
  private static let nonceSize = 24
  private static let tagSize = 16

  /// XSalsa20 and Poly1305 under a new random nonce.
  ///
  /// **Shape** 24 bytes of nonce, 16 of tag, then as many as the plain text has
  func seal(_ plain: [UInt8], key: [UInt8]) -> [UInt8] {
    precondition(key.count == Sodium.keySize, "a sealing key has 32 bytes")
    let nonce = randomBytes(Sodium.nonceSize)
    var box = [UInt8](repeating: 0, count: plain.count + Sodium.tagSize)
    withBytes(plain) { bytes, count in
      check(library.boxSeal(&box, bytes, UInt64(count), nonce, key))
    }
    return nonce + box
  }

  /// The plain text; nil if the key is another or a byte was changed.
  func open(_ sealed: [UInt8], key: [UInt8]) -> [UInt8]? {
    precondition(key.count == Sodium.keySize, "a sealing key has 32 bytes")
    guard sealed.count >= Sodium.nonceSize + Sodium.tagSize else { return nil }
    let nonce = Array(sealed[..<Sodium.nonceSize])
    let box = Array(sealed[Sodium.nonceSize...])
    // One byte more than it takes, so that an empty text has an address too.
    var plain = [UInt8](repeating: 0, count: box.count - Sodium.tagSize + 1)
    guard library.boxOpen(&plain, box, UInt64(box.count), nonce, key) == 0 else { return nil }
    plain.removeLast()
    return plain
  }

  // MARK: Calling C

  /// The bytes with an address even where there are none.
  private func withBytes<Value>(
    _ bytes: [UInt8], _ body: (UnsafePointer<UInt8>, Int) -> Value
  ) -> Value {
    bytes.isEmpty ? body([0], 0) : body(bytes, bytes.count)
  }

  /// These functions answer 0 always; another answer is a broken library.
  private func check(_ code: Int32) { precondition(code == 0, "libsodium failed with \(code)") }
}

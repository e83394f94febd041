// SPDX-License-Identifier: Apache-2.0
// The error of this module.

/// Why something cannot be hashed, sealed or opened; it never carries a key or a plain text.
package struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The closed set of reasons; the raw value is stable.
  package enum Code: String, Sendable, Hashable, CaseIterable {
    /// libsodium is not installed.
    case libraryMissing = "sodium_missing"
    /// The library that was found lacks a function.
    case libraryUnfit = "sodium_unfit"
    /// The key file cannot be made or read.
    case keyUnreadable = "key_unreadable"
    /// Somebody else may read the key file, or it is none.
    case keyUnsafe = "key_unsafe"
    /// The key file does not hold a key.
    case keyDamaged = "key_damaged"
    /// What is to be opened was sealed with another key, or changed.
    case sealBroken = "seal_broken"
  }

  package let code: Code
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}

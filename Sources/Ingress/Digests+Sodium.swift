// SPDX-License-Identifier: Apache-2.0
// The hashes of formatters come from libsodium; here both are known for the first time.
import Crypto
import Pipeline

extension Digests {
  /// Those of the library that signatures are checked with.
  package init(_ sodium: Sodium) {
    self.init(
      sha256: { sodium.sha256($0) }, hmacSHA256: { sodium.hmacSHA256(key: $0, $1) })
  }
}

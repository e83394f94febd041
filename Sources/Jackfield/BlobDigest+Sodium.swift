// SPDX-License-Identifier: Apache-2.0
// The digest that names blobs.
import Crypto
import Store

extension BlobDigest {
  /// SHA-256.
  static func maker(_ sodium: Sodium) -> @Sendable () -> BlobDigest {
    {
      let stream = sodium.sha256Stream()
      return BlobDigest(add: { stream.add($0) }, finish: { Hex.encode(stream.finish()) })
    }
  }
}

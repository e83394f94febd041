// SPDX-License-Identifier: Apache-2.0
// The name by which receivers tell this data folder's requests from another's.
import Crypto

/// The first part of every idempotency key. It outlives the key that seals: a run that goes on over
/// a change of keys must ask under the name it asked under before.
struct Installation {
  let number: Int64

  init(number: Int64) { self.number = number }

  /// The name of a folder that has none yet: its key's, or a random one.
  init(keyID: String?, _ sodium: Sodium) {
    let bytes = keyID.flatMap { Hex.decode($0) } ?? sodium.randomBytes(4)
    number = bytes.reduce(0) { $0 << 8 | Int64($1) }
  }

  /// **Shape** eight hex digits
  var name: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}

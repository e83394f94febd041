// SPDX-License-Identifier: Apache-2.0
// How the content of a blob becomes its name.

/// A digest that is fed piece by piece. The store knows no cryptography: it is handed in.
package struct BlobDigest {
  package let add: (UnsafeRawBufferPointer) -> Void
  /// The digest of all that was added, as 64 digits of hex. Once.
  package let finish: () -> String

  package init(
    add: @escaping (UnsafeRawBufferPointer) -> Void, finish: @escaping () -> String
  ) {
    self.add = add
    self.finish = finish
  }
}

// SPDX-License-Identifier: Apache-2.0
// What a blob is called.

/// The name of a blob's content.
///
/// **Shape** `sha256-` and 64 digits of lower-case hex.
package struct BlobID: Sendable, Hashable, CustomStringConvertible {
  /// The 64 digits: the file's name.
  package let hash: String

  private static let prefix = "sha256-"

  /// From the digest in hex.
  init(hash: String) { self.hash = hash }

  /// From what a value says; nil for anything else.
  package init?(text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let hash = text.dropFirst(Self.prefix.count)
    let isHex = hash.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    guard hash.utf8.count == 64, isHex else { return nil }
    self.hash = String(hash)
  }

  package var text: String { Self.prefix + hash }
  package var description: String { text }

  /// Every name of a blob that stands somewhere in a text, each once.
  package static func all(in text: some Collection<UInt8>) -> Set<BlobID> {
    let mark = Array(prefix.utf8)
    var found: Set<BlobID> = []
    var rest = text[...]
    while let start = rest.firstIndex(of: mark[0]) {
      rest = rest[start...]
      if rest.starts(with: mark), rest.count >= mark.count + 64 {
        let name = String(decoding: rest.prefix(mark.count + 64), as: UTF8.self)
        if let id = BlobID(text: name) { found.insert(id) }
      }
      rest = rest.dropFirst()
    }
    return found
  }
}

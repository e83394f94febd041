// SPDX-License-Identifier: Apache-2.0
//
// The runtimes of languages that an image needs or brings along.

import Glibc

/// A language's runtime in or beside an image.
package struct LanguageRuntime: Sendable, Hashable {
  package let language: String
  /// Linked into the image; else a library of its own.
  package let isInside: Bool

  package var description: String { "\(language) (\(isInside ? "inside" : "shared"))" }

  /// Libraries by how their names begin.
  private static let libraries = [
    ("libswiftCore.so", "Swift"), ("libstdc++.so", "C++"), ("libc++.so", "C++"), ("libgo.so", "Go"),
    ("libstd-", "Rust"), ("libpython", "Python"), ("libjvm.so", "Java"),
    ("libcoreclr.so", ".NET"),
  ]

  /// Texts that stand in a runtime and hardly elsewhere: most images have no symbols left.
  private static let texts = [
    ("SWIFT_DETERMINISTIC_HASHING", "Swift"), ("Go buildinf:", "Go"), ("RUST_BACKTRACE", "Rust"),
    ("terminate called after throwing an instance of", "C++"),
  ]

  /// What an image has, in the order of the lists above.
  package static func find(in image: ELFImage, bytes: [UInt8]) -> [LanguageRuntime] {
    var found: [LanguageRuntime] = []
    for (prefix, language) in libraries where image.needed.contains(where: { $0.hasPrefix(prefix) })
    {
      found.append(LanguageRuntime(language: language, isInside: false))
    }
    for (text, language) in texts where contains(Array(text.utf8), bytes) {
      found.append(LanguageRuntime(language: language, isInside: true))
    }
    return found
  }

  private static func contains(_ text: [UInt8], _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard var rest = bytes.baseAddress, let first = text.first else { return false }
      var left = bytes.count
      while left >= text.count, let found = memchr(rest, Int32(first), left - text.count + 1) {
        if memcmp(found, text, text.count) == 0 { return true }
        left -= UnsafeRawPointer(found) - rest + 1
        rest = UnsafeRawPointer(found) + 1
      }
      return false
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
//
// A version of a library's symbols that an image needs.

/// One needed version, from the image's table of them.
package struct ELFVersion: Sendable, Hashable {
  /// The library's name as it is needed, `libc.so.6`.
  package let library: String
  /// The version's name, `GLIBC_2.34`.
  package let name: String

  /// The numbers of a version of glibc; nil for another library's.
  package var glibc: [Int]? {
    guard name.hasPrefix("GLIBC_") else { return nil }
    let numbers = name.dropFirst(6).split(separator: ".").map { Int($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Removes secrets from what comes back, in every form a peer is likely to echo them.
import Glibc

/// Finds a set of secrets in bytes, as they are and percent-, base64- and JSON-escaped, and
/// writes `***` in their place. Secrets under four bytes are not looked for: they would match
/// half of any text.
package struct Scrubber: Sendable {
  package static let shortestSecret = 4
  private var patterns: [OwnedBytes] = []

  package init() {}

  package var isEmpty: Bool { patterns.isEmpty }

  /// Adds a secret, and each of its parts between spaces: a header's value is often a word and
  /// the key.
  package mutating func add(_ secret: OwnedBytes) {
    secret.withBytes { bytes in
      addForms(of: bytes)
      let parts = bytes.split(separator: 0x20)
      for part in parts where parts.count > 1 && part.count >= 8 {
        addForms(of: UnsafeRawBufferPointer(rebasing: part))
      }
    }
    // Longest first, so that a form that contains another is taken whole.
    patterns.sort { $0.count > $1.count }
  }

  private mutating func addForms(of secret: UnsafeRawBufferPointer) {
    guard secret.count >= Self.shortestSecret else { return }
    add(pattern: Array(secret))
    for spelling in SecretSpelling.all(of: secret) { add(pattern: spelling) }
  }

  private mutating func add(pattern: [UInt8]) {
    let known = patterns.contains { $0.withBytes { $0.elementsEqual(pattern) } }
    if pattern.count >= Self.shortestSecret && !known { patterns.append(OwnedBytes(pattern)) }
  }

  /// The bytes without the secrets.
  package func scrub(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for pattern in patterns { result = Self.replace(pattern, in: result) }
    return result
  }

  package func scrub(_ text: String) -> String {
    isEmpty ? text : String(decoding: scrub(Array(text.utf8)), as: UTF8.self)
  }

  /// A header's name without the secrets: names have lost their upper case on the way.
  package func scrub(name: String) -> String {
    guard !isEmpty else { return name }
    var result = Array(name.utf8)
    for pattern in patterns {
      let lowered = OwnedBytes(count: pattern.count) { memory in
        pattern.withBytes { bytes in
          for index in bytes.indices {
            let byte = bytes[index]
            memory[index] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
          }
        }
      }
      result = Self.replace(lowered, in: result)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// As much of the bytes as can be told to be without a secret, without the secrets, and the rest,
  /// which may be the beginning of one; with `isLast` there is no rest.
  func scrubPrefix(of bytes: [UInt8], isLast: Bool) -> (ready: [UInt8], rest: [UInt8]) {
    let longest = patterns.first?.count ?? 1
    return bytes.withUnsafeBytes { whole in
      var ready: [UInt8] = []
      var from = 0
      // What begins before `sure` ends before the bytes do, whichever pattern it is.
      let sure = isLast ? whole.count : max(0, whole.count - longest + 1)
      while from < sure, let hit = first(in: whole, from), hit.offset < sure {
        ready.append(contentsOf: whole[from..<hit.offset])
        ready.append(contentsOf: "***".utf8)
        from = hit.offset + hit.count
      }
      let end = max(from, sure)
      ready.append(contentsOf: whole[from..<end])
      return (ready, Array(whole[end...]))
    }
  }

  /// The earliest match, the longest of those at one place.
  private func first(
    in bytes: UnsafeRawBufferPointer, _ from: Int
  ) -> (offset: Int, count: Int)? {
    var found: (offset: Int, count: Int)?
    for pattern in patterns {
      guard let offset = Self.find(pattern, in: bytes, from) else { continue }
      if offset < found?.offset ?? .max { found = (offset, pattern.count) }
    }
    return found
  }

  private static func replace(_ pattern: OwnedBytes, in bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { whole in
      var result: [UInt8] = []
      var from = 0
      while from < whole.count,
        let offset = find(pattern, in: whole, from)
      {
        result.append(contentsOf: whole[from..<offset])
        result.append(contentsOf: "***".utf8)
        from = offset + pattern.count
      }
      if from == 0 { return bytes }
      result.append(contentsOf: whole[from...])
      return result
    }
  }

  /// `memchr` for the first byte, then a comparison: `memmem` is a GNU extension, which Swift
  /// does not see.
  private static func find(
    _ pattern: OwnedBytes, in bytes: UnsafeRawBufferPointer, _ from: Int
  ) -> Int? {
    guard let start = bytes.baseAddress, let first = pattern.withBytes(\.first) else { return nil }
    var from = from
    while from + pattern.count <= bytes.count {
      let room = bytes.count - pattern.count - from + 1
      guard let hit = memchr(start + from, Int32(first), room) else { return nil }
      let offset = UnsafeRawPointer(hit) - start
      if memcmp(start + offset, pattern.mutablePointer, pattern.count) == 0 { return offset }
      from = offset + 1
    }
    return nil
  }
}

// SPDX-License-Identifier: Apache-2.0
// Strikes the values of a credential out of what is kept for viewing.
import Values

/// The spellings of a credential's secrets in which a request may hold them: as they are, escaped
/// as JSON, and percent-encoded.
///
/// Shorter ones than four bytes are left: they would match half of any text.
struct SecretRedaction: Sendable {
  static let shortest = 4
  private static let mark = Array("***".utf8)

  /// Longest first, so that a spelling that contains another goes as a whole.
  private let patterns: [[UInt8]]

  init(secrets: [String] = []) {
    let spellings = secrets.filter { $0.utf8.count >= Self.shortest }.flatMap(Self.spellings)
    patterns = Set(spellings).sorted { $0.count > $1.count }
  }

  /// The texts of a value, and the names of its members, without the secrets.
  func redacted(_ value: JSONValue) -> JSONValue {
    guard !patterns.isEmpty else { return value }
    switch value {
    case .text(let text): return .text(redacted(text))
    case .list(let elements): return .list(elements.map(redacted))
    case .object(let members):
      return .object(
        JSONObject(members.map { (name: redacted($0.name), value: redacted($0.value)) }))
    default: return value
    }
  }

  /// The first bytes of a body without the secrets: at least as many as wanted, where it has them.
  func redacted(_ body: ArraySlice<UInt8>, first wanted: Int) -> ArraySlice<UInt8> {
    guard let longest = patterns.first?.count else { return body.prefix(wanted) }
    let looked = body.prefix(2 * wanted)
    let redacted = redacted(looked)
    // A secret may lie across the cut, its beginning too short to be known for one.
    return looked.count < body.count ? redacted.dropLast(longest - 1) : redacted
  }

  private func redacted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    patterns.reduce(bytes) { Self.replaced($1, in: $0)[...] }
  }

  private func redacted(_ text: String) -> String {
    String(decoding: redacted(Array(text.utf8)[...]), as: UTF8.self)
  }

  private static func spellings(_ secret: String) -> [[UInt8]] {
    let raw = Array(secret.utf8)
    let quoted = Array(JSONValue.text(secret).json.utf8)
    return [
      raw, Array(quoted.dropFirst().dropLast()), percent(raw, "0123456789ABCDEF"),
      percent(raw, "0123456789abcdef"),
    ]
  }

  private static func percent(_ bytes: [UInt8], _ digits: String) -> [UInt8] {
    let digits = Array(digits.utf8)
    return bytes.flatMap { byte -> [UInt8] in
      let isPlain =
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
        || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
      return isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private static func replaced(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var from = bytes.startIndex
    while let found = bytes[from...].firstIndex(of: pattern[0]) {
      result += bytes[from..<found]
      if bytes[found...].starts(with: pattern) {
        result += mark
        from = found + pattern.count
      } else {
        result.append(bytes[found])
        from = found + 1
      }
    }
    return result + bytes[from...]
  }
}

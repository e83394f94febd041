// SPDX-License-Identifier: Apache-2.0
// A URL in the one spelling that both ends of a signature compute from.
import Values

/// A URL taken apart and written again: what is signed is then what is sent, whatever the library
/// that sends it would have tidied up.
struct SignedURL {
  let scheme: String
  /// In lower case, without the scheme's own port, as the `Host` header has it.
  let authority: String
  /// Begins with `/`; each segment percent-encoded, without `.` and `..`.
  let path: String
  /// Names and values percent-encoded, in the order of the URL; no value where none was written.
  let query: [(name: String, value: String?)]

  init?(_ url: String) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }),
      let colon = url.range(of: "://")
    else { return nil }
    scheme = url[..<colon.lowerBound].lowercased()
    let rest = url[colon.upperBound...].prefix { $0 != "#" }
    let host = rest.prefix { $0 != "/" && $0 != "?" }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 < 0x7F }) else { return nil }
    let usual = scheme == "https" ? ":443" : ":80"
    authority = host.hasSuffix(usual) ? host.dropLast(usual.count).lowercased() : host.lowercased()
    let target = rest[host.endIndex...]
    path = Self.path(target.prefix { $0 != "?" })
    query = Self.query(target.drop { $0 != "?" }.dropFirst())
  }

  /// The URL as it is sent.
  var text: String {
    let pairs = query.map { $0.name + ($0.value.map { "=" + $0 } ?? "") }
    return "\(scheme)://\(authority)\(path)" + (pairs.isEmpty ? "" : "?")
      + pairs.joined(separator: "&")
  }

  /// The query as it is signed: sorted, each name with a value.
  var canonicalQuery: String {
    query.map { (name: Array($0.name.utf8), value: Array(($0.value ?? "").utf8)) }
      .sorted { left, right in
        left.name == right.name
          ? left.value.lexicographicallyPrecedes(right.value)
          : left.name.lexicographicallyPrecedes(right.name)
      }
      .map { String(decoding: $0.name + [0x3D] + $0.value, as: UTF8.self) }
      .joined(separator: "&")
  }

  /// Percent-encoded but for what no URL needs to escape.
  ///
  /// **Source** RFC 3986, section 2.3
  static func encode(_ bytes: some Sequence<UInt8>, keeps kept: [UInt8] = []) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: text.append(byte)
      case _ where kept.contains(byte): text.append(byte)
      default: text += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func path(_ text: Substring) -> String {
    var segments: [Substring] = []
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      switch part.lowercased().replacing("%2e", with: ".") {
      case ".": if isLast { segments.append("") }
      case "..":
        _ = segments.popLast()
        if isLast { segments.append("") }
      default: segments.append(part)
      }
    }
    return "/" + segments.map { encode(decoded($0)) }.joined(separator: "/")
  }

  private static func query(_ text: Substring) -> [(name: String, value: String?)] {
    text.split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      let value = pair.dropFirst(name.count)
      return (
        encode(decoded(name, plusIsSpace: true)),
        value.isEmpty ? nil : encode(decoded(value.dropFirst(), plusIsSpace: true))
      )
    }
  }

  /// The bytes of percent-encoded text; what is no escape stays.
  private static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> [UInt8] {
    let bytes = Array(text.utf8)
    var plain: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x25, at + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[at + 1...at + 2], as: UTF8.self), radix: 16)
      {
        plain.append(value)
        at += 3
      } else {
        plain.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
        at += 1
      }
    }
    return plain
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

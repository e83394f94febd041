// SPDX-License-Identifier: Apache-2.0
// The URL of a request.
import JackfieldPlugin

/// URLs as people write them, with rendered values in them.
enum RequestURL {
  /// The URL as it is sent: characters a URL cannot hold are percent-encoded, nothing else is
  /// touched; `query` is added to its query string.
  ///
  /// **Throws**: `invalid_input`, code `bad_url`.
  static func written(_ url: String, query: String?) throws(ActionError) -> String {
    let url = try checked(url)
    guard let scheme = url.range(of: "://").map({ url[..<$0].lowercased() }),
      scheme == "http" || scheme == "https"
    else { throw .invalidInput("bad_url", "url must begin with http:// or https://") }
    let rest = url.utf8.dropFirst(scheme.utf8.count + 3)
    let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
    let authority = String(Substring(rest[..<end]))
    guard !authority.isEmpty, authority.utf8.allSatisfy(isAuthority) else {
      throw .invalidInput(
        "bad_url",
        "the host in url is empty or not plain ASCII: write its xn-- form, no user:pass@")
    }
    let beforeFragment = rest[end...].prefix { $0 != UInt8(ascii: "#") }
    var path = encoded(beforeFragment)
    if let query, !query.isEmpty {
      let joint = path.contains("?") ? (path.hasSuffix("?") || path.hasSuffix("&") ? "" : "&") : "?"
      path += joint + query
    }
    return "\(scheme)://\(authority)\(path)"
  }

  private static func checked(_ url: String) throws(ActionError) -> String {
    guard !url.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw .invalidInput("bad_url", "url has a control character in it")
    }
    let scalars = url.unicodeScalars
    guard let first = scalars.firstIndex(where: { $0 != " " }),
      let last = scalars.lastIndex(where: { $0 != " " })
    else { throw .invalidInput("bad_url", "url is empty") }
    return String(scalars[first...last])
  }

  /// Host, port and the brackets of IPv6; `@` would carry a password.
  private static func isAuthority(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: ".-_:[]".utf8.contains(byte)
    }
  }

  private static func encoded(_ bytes: Substring.UTF8View.SubSequence) -> String {
    var out: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") && !isEscape(bytes[index...]) || !isLegal(byte) {
        PercentCoding.append(byte, to: &out)
      } else {
        out.append(byte)
      }
      index = bytes.index(after: index)
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func isEscape(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
    let digits = bytes.dropFirst().prefix(2)
    return digits.count == 2 && digits.allSatisfy { byte in
      switch byte {
      case 48...57, 65...70, 97...102: true
      default: false
      }
    }
  }

  /// RFC 3986: unreserved, reserved without `#`, and `%`.
  private static func isLegal(_ byte: UInt8) -> Bool {
    PercentCoding.isUnreserved(byte) || ":/?[]@!$&'()*+,;=%".utf8.contains(byte)
  }
}

extension String {
  /// The first place a text stands at.
  fileprivate func range(of text: String) -> String.Index? {
    var index = utf8.startIndex
    while index < utf8.endIndex {
      if utf8[index...].starts(with: text.utf8) { return index }
      index = utf8.index(after: index)
    }
    return nil
  }
}

// SPDX-License-Identifier: Apache-2.0
// The hosts that a grant or a credential names.

/// A pattern for hosts, as grants and credentials name them.
package enum HostPattern {
  /// Whether `pattern` covers a host and port.
  ///
  /// A pattern without a port covers every port.
  package static func covers(_ pattern: String, host: String, port: Int) -> Bool {
    let pattern = pattern.lowercased()
    let host = host.lowercased()
    if pattern == "*" { return true }
    let (name, wantedPort) = split(pattern)
    if let wantedPort, wantedPort != port { return false }
    if name.hasPrefix("*.") { return host.hasSuffix(name.dropFirst()) && host.count >= name.count }
    return name == host
  }

  /// Whether a text can be a pattern: a host name in lower case, perhaps with a port.
  package static func isValid(_ text: String) -> Bool {
    let allowed = text.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (48...58).contains(byte)
        || [42, 45, 46, 91, 93, 95].contains(byte)
    }
    return allowed && !text.isEmpty && text.utf8.count <= 255 && !text.dropFirst().contains("*")
  }

  /// Whether a pattern says which port.
  package static func namesPort(_ pattern: String) -> Bool { split(pattern).1 != nil }

  /// Host and port of an absolute http or https URL, as far as a grant needs them; the transport
  /// parses the URL again with the library that makes the request and checks the same patterns.
  package static func authority(of url: String) -> (host: String, port: Int)? {
    let scheme: Int
    let rest: Substring
    if url.lowercased().hasPrefix("https://") {
      (scheme, rest) = (443, url.dropFirst(8))
    } else if url.lowercased().hasPrefix("http://") {
      (scheme, rest) = (80, url.dropFirst(7))
    } else {
      return nil
    }
    let authority = rest.prefix { !"/?#\\".contains($0) }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    let (name, port) = split(String(authority))
    return name.isEmpty ? nil : (name, port ?? scheme)
  }

  /// `host:443` and `host:80` as a manifest names them: a host's usual ports need no naming.
  package static func withoutUsualPort(_ pattern: String) -> String {
    let (name, port) = split(pattern)
    return port == 443 || port == 80 ? name : pattern
  }

  /// A port that only patterns without one cover.
  package static let everyPort = -1

  /// `host:port` or `[address]:port` in its two halves.
  package static func split(_ text: String) -> (String, Int?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let after = text[text.index(after: end)...]
      return (String(text[...end]), after.hasPrefix(":") ? Int(after.dropFirst()) : nil)
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
    else { return (text, nil) }
    return (String(text[..<colon]), port)
  }
}

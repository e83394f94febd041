// SPDX-License-Identifier: Apache-2.0
// What a path leads to.

/// The places of the host's port.
package enum IngressRoute: Sendable, Hashable {
  /// `/health`
  case health
  /// `/in/<token>`
  case webhook(token: String)
  case unknown

  package init(path: String) {
    if path == "/health" {
      self = .health
      return
    }
    let prefix = "/in/"
    let token = path.utf8.dropFirst(prefix.utf8.count)
    let isToken = token.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
        || byte == 0x2D || byte == 0x5F
    }
    guard path.utf8.starts(with: prefix.utf8), !token.isEmpty, token.count <= 100, isToken else {
      self = .unknown
      return
    }
    self = .webhook(token: String(Substring(token)))
  }
}

// SPDX-License-Identifier: Apache-2.0
// Which hosts a request may go to.
import CurlTransport
import ExchangeValues

/// The list of hosts the operator granted: `host`, `host:port`, `*.example.com` (every host below,
/// not itself), either with a port, and `*`.
struct HostGrant {
  private struct Entry {
    var host: String
    var port: Int?
  }

  private let entries: [Entry]

  /// Nil when the request has no list: then the host has checked it.
  init?(reading value: ValueReader) throws(ExchangeFailure) {
    guard !value.isNull else { return nil }
    guard value.count == value.members.compactMap(\.value.text).count else {
      throw .invalid("bad_grant", "allow_hosts must be a list of texts")
    }
    self.init(value.members.compactMap(\.value.text))
  }

  init(_ texts: [String]) {
    entries = texts.map { text in
      let text = text.lowercased()
      let colon = text.lastIndex(of: ":")
      if let colon, !text[colon...].contains("]"),
        text.first == "[" || text.firstIndex(of: ":") == colon,
        let port = Int(text[text.index(after: colon)...])
      {
        return Entry(host: String(text[..<colon]), port: port)
      }
      return Entry(host: text, port: nil)
    }
  }

  func allows(host: String, port: Int) -> Bool {
    entries.contains { entry in
      guard entry.port == nil || entry.port == port else { return false }
      if entry.host == "*" { return true }
      guard entry.host.hasPrefix("*.") else { return entry.host == host }
      let suffix = entry.host.dropFirst()
      return host.hasSuffix(suffix) && host.count > suffix.count
    }
  }

  /// **Throws**: `denied: host_not_granted`.
  func check(_ url: CurlURL) throws(ExchangeFailure) {
    guard !allows(host: url.host, port: url.port) else { return }
    throw ExchangeFailure(
      .denied, "host_not_granted",
      "\(url.host):\(url.port) is not granted: add the host to the plugin's grants")
  }
}

// SPDX-License-Identifier: Apache-2.0
// What the operator of a project lets one plugin do.
import Pipeline
import Values

/// The grants of one plugin in one project. Nothing is granted that is not written here.
package struct PluginGrants: Sendable, Hashable {
  /// Patterns: `host`, `host:port`, `*.domain`, `*`.
  package var hosts: [String] = []
  package var credentials: Set<CredentialName> = []
  package var readCollections: Set<String> = []
  package var writeCollections: Set<String> = []
  /// Whether it may start, cancel and stop runs.
  package var runs = false

  package init() {}

  /// As stored and as shown: `{hosts, credentials, collections: {read, write}, runs}`.
  package init(value: JSONValue) {
    func texts(_ value: JSONValue?) -> [String] { value?.asList?.compactMap(\.asText) ?? [] }
    hosts = texts(value["hosts"])
    credentials = Set(texts(value["credentials"]).map { CredentialName(rawValue: $0) })
    readCollections = Set(texts(value["collections"]?["read"]))
    writeCollections = Set(texts(value["collections"]?["write"]))
    runs = value["runs"]?.asBoolean ?? false
  }

  package var value: JSONValue {
    func list(_ texts: some Sequence<String>) -> JSONValue { .list(texts.map { .text($0) }) }
    return [
      "hosts": list(hosts), "credentials": list(credentials.map(\.rawValue).sorted()),
      "collections": [
        "read": list(readCollections.sorted()), "write": list(writeCollections.sorted()),
      ],
      "runs": .boolean(runs),
    ]
  }
}

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

  /// `host:port` or `[address]:port` in its two halves.
  private static func split(_ text: String) -> (String, Int?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let after = text[text.index(after: end)...]
      return (String(text[...end]), after.hasPrefix(":") ? Int(after.dropFirst()) : nil)
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
    else { return (text, nil) }
    return (String(text[..<colon]), port)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Where a credential may be sent.
import Pipeline
import Values

/// A host that a credential may be sent to.
package struct BoundHost: Sendable {
  package let pattern: String
  /// Whether it may be sent there without encryption.
  package let allowsPlain: Bool

  fileprivate init(_ pattern: String, allowsPlain: Bool) {
    self.pattern = pattern
    self.allowsPlain = allowsPlain
  }

  /// As somebody wrote it: with a port it is what they run there, encrypted or not; without one,
  /// or with that of https, it is https.
  fileprivate init(written pattern: String) {
    self.init(pattern, allowsPlain: (HostPattern.split(pattern).1 ?? 443) != 443)
  }
}

extension CredentialKind {
  /// Where a credential of this kind may be sent: the kind's own hosts, `{field}` replaced by the
  /// host of that field's URL, or the hosts the operator named with it. A URL that begins with
  /// `https:` never means plain http, whatever its port.
  package func boundHosts(fields: JSONValue, named: [String]) -> [BoundHost] {
    guard !hosts.isEmpty else { return named.map { BoundHost(written: $0) } }
    return hosts.compactMap { pattern in
      guard pattern.hasPrefix("{"), pattern.hasSuffix("}") else {
        return BoundHost(written: pattern)
      }
      let value = fields[String(pattern.dropFirst().dropLast())]?.asText ?? ""
      guard let (host, port) = HostPattern.authority(of: value) else {
        return value.isEmpty ? nil : BoundHost(written: value)
      }
      return BoundHost("\(host):\(port)", allowsPlain: value.lowercased().hasPrefix("http:"))
    }
  }

  /// A secret below this many bytes is not sent where others can read along: it is soon guessed from
  /// what was seen, a signature made with it too.
  private static let shortestInTheClear = 8

  package static func isShort(_ secrets: [String]) -> Bool {
    secrets.contains { !$0.isEmpty && $0.utf8.count < shortestInTheClear }
  }

  /// Whether a credential of this kind could be sent without encryption: to a URL that begins with
  /// `http:`, to a host that was named with a port other than 443, to a mail server without TLS.
  package func isBoundInTheClear(fields: JSONValue, named: [String]) -> Bool {
    if sendAs == .mail { return fields["security"]?.asText == "none" }
    return boundHosts(fields: .object(completed(fields)), named: named).contains(where: \.allowsPlain)
  }

  /// The fields given, and the defaults of those that were not; secret ones have none.
  package func completed(_ given: JSONValue) -> JSONObject {
    var all = JSONObject()
    for field in fields { if let value = field.defaultValue { all[field.name] = value } }
    for (name, value) in given.asObject ?? [:] { all[name] = value }
    return all
  }
}

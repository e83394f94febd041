// SPDX-License-Identifier: Apache-2.0
// Where a credential may be sent.
import Pipeline
import Values

extension CredentialKind {
  /// Where a credential of this kind may be sent: the kind's own hosts, `{field}` replaced by the
  /// host of that field's URL, or the hosts the operator named with it.
  package static func boundHosts(
    of kind: CredentialKind, fields: JSONValue, named: [String]
  ) -> [String] {
    guard !kind.hosts.isEmpty else { return named }
    return kind.hosts.compactMap { pattern in
      guard pattern.hasPrefix("{"), pattern.hasSuffix("}") else { return pattern }
      let value = fields[String(pattern.dropFirst().dropLast())]?.asText ?? ""
      guard let (host, port) = HostPattern.authority(of: value) else {
        return value.isEmpty ? nil : value
      }
      return "\(host):\(port)"
    }
  }

  /// A secret below this many bytes is not sent where others can read along: it is soon guessed from
  /// what was seen, a signature made with it too.
  private static let shortestInTheClear = 8

  package static func isShort(_ secrets: [String]) -> Bool {
    secrets.contains { !$0.isEmpty && $0.utf8.count < shortestInTheClear }
  }

  /// Whether a credential of this kind would be sent without encryption: to a URL that begins with
  /// `http:`, to a host that was named with a port other than 443, to a mail server without TLS.
  package func isBoundInTheClear(fields: JSONValue, named: [String]) -> Bool {
    if sendAs == .mail { return fields["security"]?.asText == "none" }
    guard hosts.isEmpty else {
      return self.fields.contains { field in
        let url = (fields[field.name] ?? field.defaultValue)?.asText?.lowercased() ?? ""
        return hosts.contains("{\(field.name)}") && url.hasPrefix("http:")
      }
    }
    return named.contains { (HostPattern.split($0).1 ?? 443) != 443 }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Whether a credential works: the request its kind declares, sent as a plugin's would be.
import Pipeline
import PluginHost
import Store
import Values

/// What a credential's test came to.
package struct CredentialTest: Sendable {
  package let isOK: Bool
  /// What was asked and what came back, without secrets.
  package let text: String
}

extension HostServices {
  /// Sends the test request of a credential's kind, by the project's transport.
  ///
  /// - Returns: nil by `done` for a kind that declares none.
  package func test(
    _ row: CredentialRow, of kind: CredentialKind, in setup: ProjectSetup,
    _ done: @escaping @Sendable (CredentialTest?) -> Void
  ) {
    loop.assertCurrent()
    guard let test = kind.test else { return done(nil) }
    guard let transport = setup.httpTransport else {
      return done(CredentialTest(isOK: false, text: "no HTTP transport is installed"))
    }
    do throws(ActionFailure) {
      let secrets = try vault.open(row)
      let opened = try OpenedCredential(row: row, secrets: secrets, kinds: [kind.kind: kind])
      let (method, url) = try request(test, kind, row, opened)
      // As for a plugin's request: an address at home only where host and port are named.
      let (host, port) = HostPattern.authority(of: url) ?? ("", 0)
      let isNamed = opened.hosts.contains {
        HostPattern.namesPort($0) && HostPattern.covers($0, host: host, port: port)
      }
      let applied = try opened.applied(
        to: OutgoingRequest(
          method: method, url: url, headers: [:], body: [], id: "test", now: clock()),
        vault.sodium)
      let out: JSONValue = [
        "method": .text(method), "url": .text(applied.url), "headers": [:], "timeout_ms": 15_000,
        "max_response_bytes": 65_536, "max_redirects": 0,
        "auth": applied.auth.isEmpty ? .null : applied.auth,
        "public_only": .boolean(!isNamed), "allow_hosts": .list(opened.hosts.map { .text($0) }),
      ]
      let wanted = test["expect"]?.asInteger ?? 200
      let asked = "\(method) \(url)"
      pool.transport(project: setup.project, plugin: transport).submit(
        exchange: nextTransportNumber(), request: out.jsonBytes, body: []
      ) { event in
        switch event {
        case .left: break
        case .lost(_, let death):
          done(CredentialTest(isOK: false, text: "\(asked): the transport ended (\(death))"))
        case .answered(let head, _):
          done(HostServices.verdict(asked, Array(head), wanted: wanted))
        }
      }
    } catch {
      done(CredentialTest(isOK: false, text: error.message))
    }
  }

  private func request(
    _ test: JSONValue, _ kind: CredentialKind, _ row: CredentialRow, _ opened: OpenedCredential
  ) throws(ActionFailure) -> (method: String, url: String) {
    let shown = JSONValue.object(kind.completed(row.shown))
    let url = OpenedCredential.fill(test["url"]?.asText ?? "", shown)
    guard let (host, port) = HostPattern.authority(of: url) else {
      throw ActionFailure(
        .invalidInput, code: "bad_url",
        message: "the test of kind \(kind.kind) has no URL that can be used: \(url)")
    }
    guard opened.covers(host: host, port: port, isPlain: url.lowercased().hasPrefix("http:")) else {
      throw ActionFailure(
        .denied, code: "credential_not_bound",
        message: "credential \"\(row.name)\" is not bound to \(host):\(port)")
    }
    return (test["method"]?.asText ?? "GET", url)
  }

  private static func verdict(_ asked: String, _ head: [UInt8], wanted: Int64) -> CredentialTest {
    let value = (try? JSONValue(parsing: head)) ?? [:]
    if let status = value["status"]?.asInteger {
      let words = status == wanted ? "it works" : "expected \(wanted)"
      return CredentialTest(isOK: status == wanted, text: "\(asked): \(status), \(words)")
    }
    let reason = value["error"]?["message"]?.asText ?? "no answer"
    return CredentialTest(isOK: false, text: "\(asked): \(reason)")
  }
}

// SPDX-License-Identifier: Apache-2.0
// Channels: listed with their URLs, tested, given new URLs.
import HostServices
import Pipeline
import Store
import Values

/// A channel as a list shows it.
public struct ChannelSummary: Sendable {
  public let name: String
  public let kind: String
  public let credential: String?
  public let isEnabled: Bool
  /// Whether it receives.
  public let isInbound: Bool
  /// The connector through which it receives; nil where it does not.
  public let connector: String?
  /// Where its provider sends to.
  public let url: String?
  /// What is entered at the provider, a line each.
  public let setup: [String]
  /// What keeps it from working.
  public let problem: String?

  /// **Shape** `{name, kind, credential, enabled, inbound, connector?, url?, setup?, problem?}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "name": .text(name), "kind": .text(kind),
      "credential": credential.map { .text($0) } ?? .null, "enabled": .boolean(isEnabled),
      "inbound": .boolean(isInbound),
    ]
    if let connector { value["connector"] = .text(connector) }
    if let url { value["url"] = .text(url) }
    if !setup.isEmpty { value["setup"] = .list(setup.map { .text($0) }) }
    if let problem { value["problem"] = .text(problem) }
    return .object(value)
  }
}

extension Host {
  /// The channels of a project, in the order they were made.
  public func channels(project name: String) throws(HostError) -> [ChannelSummary] {
    let project = try self.project(named: name)
    let rows = try reading { transaction throws(StoreError) in
      (
        try transaction.connectorList(project).filter(\.name.isHostMade),
        try transaction.credentialList(project)
      )
    }
    let kinds = try channelKinds(of: project)
    let base = try projectDocument(project).publicURL ?? address ?? ""
    return try channels(of: project).map { channel in
      let connector = rows.0.first { $0.name == ConnectorName(channel: channel.slug) }
      let kind = kinds[channel.kind]
      let url = connector.map { base + "/in/" + $0.token }
      return ChannelSummary(
        name: channel.name, kind: channel.kind, credential: channel.credential?.rawValue,
        isEnabled: channel.isEnabled, isInbound: channel.isInbound,
        connector: connector?.name.rawValue, url: url,
        setup: url.map { Host.setup(of: channel, kind?.webhook, url: $0) } ?? [],
        problem: Host.problem(of: channel, kind, rows.1))
    }
  }

  /// What a person enters at the provider.
  private static func setup(
    of channel: ChannelFacts, _ webhook: ChannelWebhook?, url: String
  ) -> [String] {
    guard let webhook else { return [] }
    let credential = channel.credential?.rawValue ?? "its credential"
    var lines = ["URL: \(url)"]
    if let handshake = webhook.handshake {
      let field = handshake.secret.fields.first ?? ""
      lines.append("verify token (\(handshake.token)): the field \(field) of \(credential)")
    }
    for auth in webhook.auth {
      guard let field = auth.held?.fields.first else { continue }
      lines.append("secret (\(auth.scheme.rawValue)): the field \(field) of \(credential)")
    }
    if let setup = webhook.setup { lines.append(setup) }
    return lines
  }

  private static func problem(
    of channel: ChannelFacts, _ kind: ChannelKind?, _ credentials: [CredentialRow]
  ) -> String? {
    guard let kind else {
      return "no plugin of this host declares channels of kind \(channel.kind)"
    }
    guard let name = channel.credential else { return "it names no credential" }
    guard let row = credentials.first(where: { $0.name == name }) else {
      return "there is no credential \(name): jackfield credential set \(name) --kind "
        + kind.credential
    }
    guard row.kind == kind.credential else {
      return "credential \(name) is of kind \(row.kind), the channel needs \(kind.credential)"
    }
    if channel.isInbound, kind.webhook == nil {
      return "channels of kind \(channel.kind) do not receive"
    }
    return nil
  }

  /// Gives the URL of a channel that receives another token; the old one answers 410 from now on.
  ///
  /// - Throws: `HostError`, codes `unknown_channel`, `not_inbound`.
  public func rotateChannelURL(
    _ name: String, project: String
  ) throws(HostError) -> ChannelSummary {
    let channel = try channel(named: name, project: project)
    guard let connector = channel.connector else {
      throw HostError(
        "not_inbound",
        "channel \"\(channel.name)\" has no URL: it receives where its \"inbound\" is true and a "
          + "plugin says how")
    }
    _ = try rotateConnectorURL(connector, project: project)
    return try self.channel(named: name, project: project)
  }

  /// Sends the test request of the channel's credential.
  ///
  /// - Returns: nil for a kind of credential that declares none.
  /// - Throws: `HostError`, codes `unknown_channel`, `no_credential`, `unknown_credential`.
  package func testChannel(
    _ name: String, project: String
  ) throws(HostError) -> CredentialTest? {
    let channel = try channel(named: name, project: project)
    guard let credential = channel.credential else {
      throw HostError(
        "no_credential",
        "channel \"\(channel.name)\" names no credential: there is nothing to test")
    }
    return try testCredential(project: project, name: credential)
  }

  private func channel(named name: String, project: String) throws(HostError) -> ChannelSummary {
    let all = try channels(project: project)
    let wanted = ReferenceText.folded(name)
    if let found = all.first(where: { ReferenceText.folded($0.name) == wanted }) { return found }
    let near = Suggestion.text(for: name, among: all.map(\.name))
    throw HostError("unknown_channel", "no channel \"\(name)\" in \(project)\(near)")
  }
}

// SPDX-License-Identifier: Apache-2.0
// The connectors the host makes: of channels that receive, and those that plugins bring.
import Crypto
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  /// Every kind of channel that a plugin of this host declares, by name: the first has it.
  package var channelKinds: [String: ChannelKind] {
    var kinds: [String: ChannelKind] = [:]
    for plugin in catalogue.byPrecedence + catalogue.allBuilds {
      for kind in plugin.manifest.channels where kinds[kind.kind] == nil { kinds[kind.kind] = kind }
    }
    return kinds
  }

  /// The same as the builds say that the project uses.
  func channelKinds(of project: ProjectID) throws(HostError) -> [String: ChannelKind] {
    var kinds: [String: ChannelKind] = [:]
    for use in try pluginUses(project) {
      for kind in use.plugin.manifest.channels where kinds[kind.kind] == nil {
        kinds[kind.kind] = kind
      }
    }
    return kinds.merging(channelKinds) { own, _ in own }
  }

  /// Makes the connectors of a project's channels and plugins be what these say now. A connector
  /// that is there keeps its URL, whatever else of it changes; that of a channel or a plugin that is
  /// switched off answers 503, that of a channel that is gone 410.
  func makeConnectors(of project: ProjectID) throws(HostError) {
    let channels = try channels(of: project)
    let there = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project).filter(\.name.isHostMade)
    }
    let made = try channelConnectors(of: channels, project) + shippedConnectors(of: project)
    for connector in made.sorted(by: { $0.name < $1.name }) { try put(connector) }
    let wanted = Set(made.map(\.name))
    let names = Set(channels.map { ConnectorName(channel: $0.slug) })
    let now = Host.now()
    for row in there where !wanted.contains(row.name) {
      let isGone = !row.name.isShipped && !names.contains(row.name)
      guard isGone || row.isEnabled else { continue }
      try writing { transaction throws(StoreError) in
        if isGone {
          _ = try transaction.connectorDelete(row.id, nowMS: now)
        } else {
          try transaction.connectorEnable(row.id, false, nowMS: now)
        }
      }
    }
  }

  private func channelConnectors(
    of channels: [ChannelFacts], _ project: ProjectID
  ) throws(HostError) -> [MadeConnector] {
    let kinds = try channelKinds(of: project)
    return channels.compactMap { channel in
      guard channel.isInbound, let webhook = kinds[channel.kind]?.webhook else { return nil }
      let connector = ChannelConnector(project: project, channel: channel, webhook: webhook)
      return MadeConnector(
        project: project, name: connector.name, document: connector.document,
        isEnabled: channel.isEnabled)
    }
  }

  /// The first plugin that brings a connector of a name has it.
  private func shippedConnectors(of project: ProjectID) throws(HostError) -> [MadeConnector] {
    var made: [MadeConnector] = []
    for use in try pluginUses(project) where use.isEnabled {
      for connector in use.plugin.manifest.connectors
      where !made.contains(where: { $0.name == connector.name }) {
        made.append(
          MadeConnector(
            project: project, name: connector.name, document: connector.document(in: project),
            isEnabled: true))
      }
    }
    return made
  }

  private func put(_ made: MadeConnector) throws(HostError) {
    let text = made.document.json
    let hash = Hex.encode(sodium.sha256(Array(text.utf8)))
    let (now, sodium) = (Host.now(), sodium)
    let current = try reading { transaction throws(StoreError) -> (ConnectorRow, String?)? in
      guard let row = try transaction.connectorGet(made.project, made.name) else { return nil }
      return (row, try transaction.connectorVersionGet(row.id, version: row.version)?.hash)
    }
    if let (row, known) = current, known == hash, row.isEnabled == made.isEnabled { return }
    try writing { transaction throws(StoreError) in
      let row = try transaction.connectorPut(
        project: made.project, name: made.name, document: text, contentHash: hash, nowMS: now,
        makeToken: { sodium.randomToken() })
      guard row.isEnabled != made.isEnabled else { return }
      try transaction.connectorEnable(row.id, made.isEnabled, nowMS: now)
    }
  }

  /// The channels of a project; none where no plugin declares the collection.
  func channels(of project: ProjectID) throws(HostError) -> [ChannelFacts] {
    try (definitions("channel", of: project) ?? []).map { ChannelFacts($0) }
  }

  /// The secrets that the connectors of channels verify with: fields of the channels' credentials,
  /// under the names their triggers look them up by.
  func channelSecrets(
    _ connectors: [Connector], _ rows: [CredentialRow]
  ) -> [CredentialName: [[UInt8]]] {
    var found: [CredentialName: [[UInt8]]] = [:]
    for trigger in connectors.compactMap(\.webhook) where trigger.isOfChannel {
      let secrets = trigger.auth.compactMap(\.held) + (trigger.handshake.map { [$0.secret] } ?? [])
      for secret in secrets where found[secret.name] == nil {
        guard let row = rows.first(where: { $0.name == secret.credential }),
          let fields = try? vault.open(row)
        else { continue }
        let texts = secret.fields.compactMap { fields[$0]?.asText }.filter { !$0.isEmpty }
        found[secret.name] = texts.map { Array($0.utf8) }
      }
    }
    return found
  }

  /// Refuses to change by hand what the host makes.
  func refuseHostMade(_ row: ConnectorRow) throws(HostError) {
    guard row.name.isHostMade else { return }
    throw HostError(
      "host_made",
      row.name.isShipped
        ? "connector \(row.name) comes with a plugin and is as the plugin has it: apply one of your own "
          + "under another name"
        : "the host makes connector \(row.name) of the channel and its plugin: change the channel in "
          + "the project's document, jackfield channel list shows it")
  }
}

/// A connector as the host would have it.
private struct MadeConnector {
  let project: ProjectID
  let name: ConnectorName
  let document: JSONValue
  let isEnabled: Bool
}

// SPDX-License-Identifier: Apache-2.0
// The connectors the host makes for channels that receive.
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

  /// Makes the connectors of a project's channels be what the channels and the plugins say now. A
  /// connector that is there keeps its URL, whatever else of it changes; that of a channel that is
  /// switched off answers 503, that of one that is gone 410.
  func makeChannelConnectors(of project: ProjectID) throws(HostError) {
    // Without the plugin that declares channels nothing is known of them, least of all that they
    // are gone.
    guard let rows = try definitions("channel", of: project) else { return }
    let channels = rows.map { ChannelFacts($0) }
    let there = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project).filter(\.name.isHostMade)
    }
    // Most projects have none: nothing is looked up for them.
    guard !channels.isEmpty || !there.isEmpty else { return }
    let kinds = try channelKinds(of: project)
    var wanted: [ConnectorName: ChannelConnector] = [:]
    for channel in channels where channel.isInbound {
      guard let webhook = kinds[channel.kind]?.webhook else { continue }
      let connector = ChannelConnector(project: project, channel: channel, webhook: webhook)
      wanted[connector.name] = connector
    }
    for connector in wanted.values.sorted(by: { $0.name < $1.name }) { try put(connector) }
    let names = Set(channels.map { ConnectorName(channel: $0.slug) })
    let areAllKnown = Int64(rows.count) < StoreLimits.queryLimit
    let now = Host.now()
    for row in there where wanted[row.name] == nil {
      let isGone = areAllKnown && !names.contains(row.name)
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

  private func put(_ made: ChannelConnector) throws(HostError) {
    let text = made.document.json
    let hash = Hex.encode(sodium.sha256(Array(text.utf8)))
    let (now, sodium) = (Host.now(), sodium)
    let current = try reading { transaction throws(StoreError) -> (ConnectorRow, String?)? in
      guard let row = try transaction.connectorGet(made.project, made.name) else { return nil }
      return (row, try transaction.connectorVersionGet(row.id, version: row.version)?.hash)
    }
    if let (row, known) = current, known == hash, row.isEnabled == made.channel.isEnabled { return }
    try writing { transaction throws(StoreError) in
      let row = try transaction.connectorPut(
        project: made.project, name: made.name, document: text, contentHash: hash, nowMS: now,
        makeToken: { sodium.randomToken() })
      guard row.isEnabled != made.channel.isEnabled else { return }
      try transaction.connectorEnable(row.id, made.channel.isEnabled, nowMS: now)
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
      "the host makes connector \(row.name) of the channel and its plugin: change the channel in "
        + "the project's document, jackfield channel list shows it")
  }
}

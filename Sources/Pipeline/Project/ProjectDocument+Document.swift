// SPDX-License-Identifier: Apache-2.0
// Reading a project document.

import Calendar
import Values

extension ProjectDocument {
  static let documentKeys = [
    "$schema", "format", "name", "title", "time_zone", "default_user", "alert_channel", "alert",
    "public_url", "constants", "retention", "plugins", "channels", "storages", "attributes",
    "optout_lists", "segments",
  ]

  /// Keys of the format that this version does not act on: warnings, so that one document serves
  /// hosts of several versions.
  static let laterKeys = [
    "departments", "users", "categories", "counters", "modules", "macro_buttons", "routing_rules", "quotas", "allow_local",
  ]

  /// Reads a project; nil only when a finding is an error.
  ///
  /// - Parameters:
  ///   - zones: what its time zone is held against; nil for a document that is applied already,
  ///     which stays readable when the machine loses its zone files.
  ///   - channelKinds: those the plugins of this host declare; nil: not looked at.
  package static func parse(
    _ document: JSONDocument, zones: ZoneSource? = nil, channelKinds: [String]? = nil
  ) -> (project: ProjectDocument?, findings: [Finding]) {
    let findings = FindingList(document: document)
    findings.addDuplicateKeys(of: document)
    let project = read(DocumentValue(document: document, findings: findings))
    if let zones, let name = project?.timeZone, zones(name) == nil {
      findings.addUnknownZone(name, in: zones, at: DocumentPath().appending("time_zone"))
    }
    if let project, let channelKinds {
      for (index, channel) in project.channels.enumerated()
      where !channelKinds.contains(channel.kind) {
        let near = Suggestion.text(for: channel.kind, among: channelKinds)
        findings.add(
          .warning, "unknown_channel_kind",
          "no plugin of this host declares channels of kind \"\(channel.kind)\"\(near): nothing goes "
            + "through it until one does",
          at: DocumentPath([.key("channels")]).appending(index).appending("kind"),
          nearest: Suggestion.nearest(to: channel.kind, among: channelKinds))
      }
    }
    if let project, !findings.findings.hasErrors {
      PolicyCheck(project: project, document: document, findings: findings).run()
    }
    let sorted = findings.sorted
    return (sorted.hasErrors ? nil : project, sorted)
  }

  private static func read(_ source: DocumentValue) -> ProjectDocument? {
    guard
      let object = source.object(keys: documentKeys, later: laterKeys, laterSeverity: .warning)
    else { return nil }
    object.checkFormat()
    guard let name = object.required("name")?.name() else { return nil }
    var project = ProjectDocument(name: ProjectID(name))
    project.title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    project.timeZone = object["time_zone"]?.text(atMost: PipelineLimits.zoneLength)
    project.defaultUser = object["default_user"]?.text(atMost: PipelineLimits.titleLength)
    project.alertChannel = object["alert_channel"]?.name()
    project.alert = object["alert"].flatMap(ProjectAlert.read)
    project.publicURL = object["public_url"].flatMap(readURL)
    project.retention = object["retention"].map(KeepRuns.read) ?? KeepRuns()
    project.constants =
      object["constants"]?.map(atMost: PipelineLimits.constants)?.base.value.asObject
      ?? JSONObject()
    let plugins = object["plugins"]?.map(atMost: PipelineLimits.projectPlugins)
    project.plugins = plugins?.all.compactMap { ProjectPlugin.read($0.key, $0.value) } ?? []
    project.readRecords(object)
    return project
  }

  private static func readURL(_ source: DocumentValue) -> String? {
    guard var url = source.text() else { return nil }
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      source.error("bad_url", "\"public_url\" is \"\(url)\": write https://name, without a path")
      return nil
    }
    while url.last == "/" { url.removeLast() }
    return url
  }

  private mutating func readRecords(_ object: DocumentObject) {
    let limit = PipelineLimits.projectItems
    channels = object["channels"]?.elements(atMost: limit, ChannelDocument.read) ?? []
    object["channels"]?.unique(channels.map(\.name), what: "channel")
    storages = object["storages"]?.elements(atMost: limit, StorageDocument.read) ?? []
    object["storages"]?.unique(storages.map { $0.name.lowercased() }, what: "storage")
    if let name = alertChannel { checkChannel(name, object["alert_channel"]) }
    if let alert, let source = object["alert"] {
      if let name = alert.channel {
        checkChannel(
          name,
          DocumentValue(
            .text(name), path: source.path.appending("channel"), findings: source.findings))
      } else if alertChannel == nil {
        source.error(
          "missing_channel",
          "the alert names no \"channel\" and the project no \"alert_channel\": "
            + "name a mail channel")
      }
    }
    attributes = object["attributes"]?.elements(atMost: limit, AttributeDocument.read) ?? []
    object["attributes"]?.unique(attributes.map { $0.name.lowercased() }, what: "attribute")
    optOutLists =
      object["optout_lists"]?.elements(atMost: limit) {
        $0.text(atMost: PipelineLimits.titleLength)
      } ?? []
    object["optout_lists"]?.unique(optOutLists.map { $0.lowercased() }, what: "opt-out list")
    segments = object["segments"]?.elements(atMost: limit, SegmentDocument.read) ?? []
    object["segments"]?.unique(segments.map { $0.name.lowercased() }, what: "segment")
  }

  private func checkChannel(_ name: String, _ source: DocumentValue?) {
    guard !channels.contains(where: { $0.name == name }) else { return }
    let known = channels.map(\.name)
    source?.error(
      "unknown_channel",
      "\"channels\" has no \"\(name)\"" + Suggestion.text(for: name, among: known),
      nearest: Suggestion.nearest(to: name, among: known))
  }
}

extension ProjectAlert {
  static func read(_ source: DocumentValue) -> ProjectAlert? {
    guard let object = source.object(keys: ["to", "channel", "on", "queue_after"]),
      let to = object.required("to").flatMap({ $0.addresses() })
    else { return nil }
    var alert = ProjectAlert(to: to)
    alert.channel = object["channel"]?.name()
    if let on = object["on"] {
      alert.on = Set(on.elements(atMost: 10) { $0.choice(ProjectAlertKind.self) } ?? [])
      if on.value.isEmpty { on.error("empty", "\"on\" is empty: name what the alert is about") }
    }
    if let after = object["queue_after"]?.duration(atLeast: .seconds(1)) {
      alert.queueAfter = after
    }
    return alert
  }
}

extension ProjectPlugin {
  static func read(_ id: String, _ source: DocumentValue) -> ProjectPlugin? {
    guard DocumentName.isPluginID(id) else {
      source.error("bad_id", "\"\(id)\" is no plugin id: see `jackfield plugin list`")
      return nil
    }
    guard
      let object = source.object(keys: [
        "version", "sha256", "isolation", "settings", "enabled", "grants", "policy",
      ])
    else { return nil }
    var plugin = ProjectPlugin(id: PluginID(id))
    plugin.version = object["version"]?.text(atMost: 60)
    plugin.sha256 = object["sha256"]?.text(atMost: 64)
    plugin.isolation = object["isolation"]?.choice(PluginIsolation.self) ?? .worker
    plugin.settings = object["settings"]?.map(atMost: 1_000)?.base.value
    plugin.isEnabled = object["enabled"]?.boolean() ?? true
    if let grants = object["grants"] { plugin.grants = ProjectGrants.read(grants) }
    if let policy = object["policy"] { plugin.policy = PluginPolicy.read(policy) }
    return plugin
  }
}

extension ProjectGrants {
  static func read(_ source: DocumentValue) -> ProjectGrants {
    var grants = ProjectGrants()
    guard
      let object = source.object(
        keys: ["hosts", "credentials", "collections", "runs", "events"]
          + ResourceGrants.documentKeys)
    else { return grants }
    grants.hosts = object["hosts"]?.elements(atMost: PipelineLimits.hosts) { $0.hostName() } ?? []
    grants.credentials =
      object["credentials"]?.elements(atMost: 1_000) { $0.name().map { CredentialName($0) } } ?? []
    if let collections = object["collections"]?.object(keys: ["read", "write"]) {
      let limit = PipelineLimits.collections
      grants.readCollections = collections["read"]?.elements(atMost: limit) { $0.name() } ?? []
      grants.writeCollections = collections["write"]?.elements(atMost: limit) { $0.name() } ?? []
    }
    grants.runs = object["runs"]?.boolean() ?? false
    grants.events = object["events"]?.boolean() ?? false
    grants.resources = ResourceGrants.read(object)
    return grants
  }
}

extension ChannelDocument {
  static func read(_ source: DocumentValue) -> ChannelDocument? {
    guard
      let object = source.object(keys: [
        "name", "title", "kind", "credential", "enabled", "inbound", "daily_unique", "settings",
      ]), let name = object.required("name")?.name(),
      let kind = object.required("kind")?.name()
    else { return nil }
    let settings = object["settings"]?.map(atMost: 100)
    for (member, value) in settings?.all ?? [] where own.contains(member) {
      value.error(
        "unexpected_key", "\"\(member)\" is no setting: write it beside \"settings\" in the channel")
    }
    return ChannelDocument(
      name: name, kind: kind, credential: object["credential"]?.name().map { CredentialName($0) },
      isEnabled: object["enabled"]?.boolean() ?? true, isInbound: object["inbound"]?.boolean(),
      dailyUnique: object["daily_unique"]?.integer(in: 1...1_000_000_000),
      settings: settings?.base.value)
  }

  /// What stands in the channel itself and would be overruled from its settings.
  private static let own: Set<String> = ["name", "kind", "credential", "enabled"]
}

extension StorageDocument {
  static func read(_ source: DocumentValue) -> StorageDocument? {
    guard let object = source.object(keys: ["name", "description", "columns"]),
      let name = object.required("name")?.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    let columns = object.required("columns")
    let read = columns?.elements(atMost: PipelineLimits.collectionFields, StorageColumn.read) ?? []
    columns?.unique(read.map { $0.name.lowercased() }, what: "column")
    return StorageDocument(name: name, columns: read)
  }
}

extension StorageColumn {
  static func read(_ source: DocumentValue) -> StorageColumn? {
    guard
      let object = source.object(keys: [
        "name", "type", "indexed", "unique", "required", "default", "options",
      ]), let name = object.required("name")?.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    return StorageColumn(
      name: name, type: object["type"]?.choice(CollectionFieldType.self) ?? .text,
      isIndexed: object["indexed"]?.boolean() ?? false,
      isUnique: object["unique"]?.boolean() ?? false,
      isRequired: object["required"]?.boolean() ?? false,
      defaultValue: object["default"]?.value,
      options: object["options"]?.texts(atMost: 500, length: 200) ?? [])
  }
}

extension SegmentDocument {
  static func read(_ source: DocumentValue) -> SegmentDocument? {
    guard let object = source.object(keys: ["name", "filter"]),
      let name = object.required("name")?.text(atMost: PipelineLimits.titleLength),
      let filter = object.required("filter"),
      RecordFilter.read(filter, mayBeEmpty: false) != nil
    else { return nil }
    return SegmentDocument(name: name, filter: filter.value)
  }
}

extension AttributeDocument {
  static func read(_ source: DocumentValue) -> AttributeDocument? {
    guard let object = source.object(keys: ["name", "type", "default", "options"]),
      let name = object.required("name")?.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    return AttributeDocument(
      name: name, type: object["type"]?.choice(CollectionFieldType.self) ?? .text,
      defaultValue: object["default"]?.value,
      options: object["options"]?.texts(atMost: 500, length: 200) ?? [])
  }
}

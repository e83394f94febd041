// SPDX-License-Identifier: Apache-2.0
// The difference between a project document and what is stored, and how it is written.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// What applying a document changes. Reading comes first, so that a dry run and the real one say
/// the same.
struct ProjectChange: Sendable {
  /// A line for each thing that is new or different.
  private(set) var lines: [String] = []
  private let project: ProjectID
  private let source: String
  private var states: [(PluginID, PluginState)] = []
  private var records: [RecordWrite] = []
  private let now = Host.now()

  /// - Throws: `HostError` when the document names a plugin or collection this host does not have.
  init(_ document: ProjectDocument, source: [UInt8], host: Host) throws(HostError) {
    project = document.name
    self.source = String(decoding: source, as: UTF8.self)
    let stored = try host.reading { [project] transaction throws(StoreError) in
      try transaction.projectGet(project)
    }
    if stored == nil { lines.append("project \(project): new") }
    if let stored, stored != self.source { lines.append("project \(project): changed") }
    try addPlugins(document, host)
    for channel in document.channels {
      try add("channel", ["name": .text(channel.name)], channel.fields, host)
    }
    for storage in document.storages {
      try add("storage", ["name": .text(storage.name)], storage.fields, host)
    }
    for attribute in document.attributes {
      try add("attribute", ["name": .text(attribute.name)], attribute.fields, host)
    }
    try addOptOutLists(document, host)
    for segment in document.segments {
      try check(segment, host)
      try add("segment", ["name": .text(segment.name)], ["filter": segment.filter], host)
    }
  }

  func write(_ transaction: WriteTransaction) throws(StoreError) {
    try transaction.projectPut(project, document: source, nowMS: now)
    for (plugin, state) in states { try transaction.pluginStatePut(project, plugin, state) }
    if !records.isEmpty { _ = try transaction.recordsApply(project, records, nowMS: now) }
  }

  /// The lists of the document, and the system's, which is there as soon as one is.
  private mutating func addOptOutLists(
    _ document: ProjectDocument, _ host: Host
  ) throws(HostError) {
    guard !document.optOutLists.isEmpty else { return }
    try add("optout_list", ["name": "all"], ["system": true], host)
    for name in document.optOutLists where name.lowercased() != "all" {
      try add("optout_list", ["name": .text(name)], [:], host)
    }
  }

  /// A filter that names what contacts do not have is found when the project is applied.
  private func check(_ segment: SegmentDocument, _ host: Host) throws(HostError) {
    guard let contact = host.catalogue.collections["contact"] else { return }
    do {
      _ = try RecordQuery(["where": segment.filter], of: RecordSchema(contact))
    } catch {
      throw HostError("bad_segment", "segment \(segment.name): \(error.message)")
    }
  }

  private mutating func addPlugins(
    _ document: ProjectDocument, _ host: Host
  ) throws(HostError) {
    let stored = try host.pluginStates(project)
    for plugin in document.plugins {
      let installed = try host.installed(plugin.id.rawValue)
      let build = try ProjectChange.build(
        for: plugin, current: installed, stored: stored[plugin.id], host)
      try ProjectChange.checkIsolation(plugin, of: build)
      let grants = PluginGrants(
        asked: build.manifest.grants, document: plugin.grants)
      try host.refuseOwnFolder(grants)
      let state = PluginState(
        isEnabled: plugin.isEnabled, version: plugin.version,
        hash: build.source == .installed ? build.build : plugin.sha256,
        grants: grants.value.json, policy: plugin.policy.value.json,
        settings: (plugin.settings ?? [:]).json)
      guard stored[plugin.id] != state else { continue }
      let verb = stored[plugin.id] == nil ? "new" : "changed"
      lines.append("plugin \(plugin.id): \(verb)\(plugin.isEnabled ? ", enabled" : ", disabled")")
      states.append((plugin.id, state))
    }
  }

  /// The build a document asks for: what it pins, else the one in use if that will do, else the
  /// current one, else the last that was installed. What is not there is refused, not passed over.
  private static func build(
    for plugin: ProjectPlugin, current: InstalledPlugin, stored: PluginState?, _ host: Host
  ) throws(HostError) -> InstalledPlugin {
    let builds = host.catalogue.builds(of: plugin.id)
    var wanted = builds
    if let version = plugin.version {
      wanted = builds.filter { $0.manifest.isVersion(version) }
      let known = builds.map(\.manifest.version).joined(separator: ", ")
      guard !wanted.isEmpty else {
        throw HostError(
          "bad_plugin_version",
          "the project wants plugin \(plugin.id) \(version), this host has \(known): install the "
            + "other, or change \"version\"")
      }
    }
    if let hash = plugin.sha256 {
      guard let found = wanted.first(where: { $0.build == hash }) else {
        let known = wanted.map(\.build).joined(separator: ", ")
        throw HostError(
          "bad_plugin_hash",
          "the project wants the build \(hash) of plugin \(plugin.id), this host has \(known): "
            + "install the other, or change \"sha256\"")
      }
      return found
    }
    return wanted.first { stored?.hash != nil && $0.build == stored?.hash }
      ?? wanted.first { $0 === current } ?? wanted.last ?? current
  }

  private static func checkIsolation(
    _ plugin: ProjectPlugin, of build: InstalledPlugin
  ) throws(HostError) {
    guard plugin.isolation == .none else { return }
    guard build.source == .bundled else {
      throw HostError(
        "isolation_refused",
        "plugin \(plugin.id) did not come with the host, and isolation \"none\" would run its code "
          + "inside of the host, where no grant holds: leave \"isolation\" out")
    }
    guard build.manifest.kind == .action else {
      throw HostError(
        "isolation_refused",
        "plugin \(plugin.id) is a \(build.manifest.kind.rawValue) and never runs inside of the host, "
          + "for it deals with the world outside: leave \"isolation\" out")
    }
  }

  /// Adds or changes the record of a collection that a key names.
  private mutating func add(
    _ collection: String, _ key: JSONObject, _ fields: JSONObject, _ host: Host
  ) throws(HostError) {
    guard let manifest = host.catalogue.collections[collection] else {
      throw HostError(
        "unknown_collection",
        "no plugin of this host declares the collection \"\(collection)\": install plugin base")
    }
    let schema = RecordSchema(manifest)
    let conditions = key.map { member -> JSONValue in
      ["field": .text(member.name), "op": "is", "right": member.value]
    }
    let name = key.map { $0.value.asText ?? $0.value.json }.joined(separator: " ")
    let found: RecordRow? = try host.reading { [project] transaction throws(StoreError) in
      let query = try RecordQuery(
        ["where": ["all": .list(conditions)], "limit": 1], of: schema)
      return try transaction.recordQuery(project, schema, query).records.first
    }
    var all = fields
    for member in key { all[member.name] = member.value }
    if let problem = RecordCheck.problem(with: all, in: manifest) {
      throw HostError("bad_\(collection)", "\(collection) \(name): \(problem)")
    }
    guard let found else {
      lines.append("\(collection) \(name): new")
      records.append(
        RecordWrite(
          .put, schema, id: host.store.recordIDs.reserve(), expectation: .new, fields: all))
      return
    }
    guard all.contains(where: { found.fields[$0.name] != $0.value }) else { return }
    lines.append("\(collection) \(name): changed")
    records.append(RecordWrite(.put, schema, id: found.id, expectation: .any, fields: all))
  }
}

extension ChannelDocument {
  var fields: JSONObject {
    var fields: JSONObject = ["kind": .text(kind), "enabled": .boolean(isEnabled)]
    if let credential { fields["credential"] = .text(credential.rawValue) }
    if let isInbound { fields["inbound"] = .boolean(isInbound) }
    if let dailyUnique { fields["daily_unique"] = .integer(dailyUnique) }
    for member in settings?.asObject ?? [:] { fields[member.name] = member.value }
    return fields
  }
}

extension StorageDocument {
  var fields: JSONObject {
    [
      "columns": .list(
        columns.map { column in
          [
            "name": .text(column.name), "type": .text(column.type.rawValue),
            "indexed": .boolean(column.isIndexed),
          ]
        })
    ]
  }
}

extension AttributeDocument {
  var fields: JSONObject {
    var fields: JSONObject = ["type": .text(type.rawValue)]
    if !options.isEmpty { fields["options"] = .list(options.map { .text($0) }) }
    return fields
  }
}

extension PluginGrants {
  /// What a document grants. Collections, runs, memory, time and calls at once a manifest asks for
  /// come with enabling the plugin; hosts, credentials and paths are the operator's to name.
  init(asked: GrantRequest, document: ProjectGrants) {
    self.init()
    hosts = document.hosts
    credentials = Set(document.credentials)
    readCollections = Set(asked.readCollections + document.readCollections)
    writeCollections = Set(asked.writeCollections + document.writeCollections)
    runs = asked.runs || document.runs
    resources = document.resources
    if resources.memoryBytes == nil { resources.memoryBytes = asked.resources.memoryBytes }
    if resources.time == nil { resources.time = asked.resources.time }
    if resources.concurrency == nil { resources.concurrency = asked.resources.concurrency }
  }
}

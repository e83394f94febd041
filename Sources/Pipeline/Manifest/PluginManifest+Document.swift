// SPDX-License-Identifier: Apache-2.0
// Reading `plugin.json`.

import Schema
import Values

extension PluginManifest {
  static let documentKeys = [
    "$schema", "format", "id", "version", "abi", "kind", "interface", "title", "description",
    "vendor", "license", "homepage", "icon", "library", "concurrent", "max_calls", "requires",
    "grants", "credentials", "channels", "settings", "actions", "collections", "connectors",
    "changes",
  ]

  /// Ids that no plugin may take.
  static let reservedIDs: Set<String> = ["system", "jackfield"]

  /// The platforms a library may be for.
  static let platforms = ["linux-x86_64", "linux-aarch64"]

  /// Reads a manifest; nil only when a finding is an error.
  package static func parse(
    _ document: JSONDocument
  ) -> (manifest: PluginManifest?, findings: [Finding]) {
    let findings = FindingList(document: document)
    findings.addDuplicateKeys(of: document)
    let manifest = read(DocumentValue(document: document, findings: findings))
    let sorted = findings.sorted
    return (sorted.hasErrors ? nil : manifest, sorted)
  }

  private static func read(_ source: DocumentValue) -> PluginManifest? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    object.checkFormat()
    let id = object.required("id").flatMap(readID)
    let version = object.required("version").flatMap(readVersion)
    let abi = object.required("abi").flatMap(readABI)
    guard let id, let version, let abi else { return nil }
    var manifest = PluginManifest(id: id, version: version, abi: abi)
    manifest.readTexts(object)
    manifest.readKind(object)
    manifest.readCalls(object)
    manifest.readRequires(object["requires"])
    if let grants = object["grants"] { manifest.grants = GrantRequest.read(grants) }
    manifest.credentials =
      object["credentials"]?.elements(atMost: PipelineLimits.credentialKinds, CredentialKind.read)
      ?? []
    manifest.settings = object["settings"]?.schema(ofObject: true)
    manifest.readActions(object["actions"], of: source)
    manifest.collections =
      object["collections"]?.elements(
        atMost: PipelineLimits.collections, CollectionManifest.read) ?? []
    object["collections"]?.unique(manifest.collections.map(\.name), what: "collection")
    object["credentials"]?.unique(manifest.credentials.map(\.kind), what: "credential kind")
    manifest.readChannels(object["channels"])
    manifest.connectors = object["connectors"]?.elements(atMost: 100, ShippedConnector.read) ?? []
    object["connectors"]?.unique(manifest.connectors.map(\.name.rawValue), what: "connector")
    manifest.changes = object["changes"]?.fileName()
    return manifest
  }

  private static func readID(_ source: DocumentValue) -> PluginID? {
    guard let text = source.text() else { return nil }
    guard DocumentName.isPluginID(text) else {
      source.error(
        "bad_id",
        "\"id\" is \"\(text)\": write one word, or vendor-name, of lower-case letters, digits "
          + "and _")
      return nil
    }
    guard !reservedIDs.contains(text) else {
      source.error("bad_id", "the plugin id \"\(text)\" is reserved: choose another, vendor-name")
      return nil
    }
    return PluginID(text)
  }

  private static func readVersion(_ source: DocumentValue) -> String? {
    guard let text = source.text(atMost: 60) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ Int($0) != nil && $0.utf8.count <= 9 }) else {
      source.error("bad_version", "\"version\" is \"\(text)\": write major.minor.patch, as 1.2.0")
      return nil
    }
    return text
  }

  private static func readABI(_ source: DocumentValue) -> ABIVersion? {
    guard let text = source.text(atMost: 20) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1],
      (0...65_535).contains(major), (0...65_535).contains(minor)
    else {
      source.error("bad_abi", "\"abi\" is \"\(text)\": write the ABI's major.minor, as 0.1")
      return nil
    }
    return ABIVersion(major: major, minor: minor)
  }

  private mutating func readTexts(_ object: DocumentObject) {
    title = object.required("title")?.text(atMost: PipelineLimits.titleLength) ?? ""
    description = object["description"]?.text(atMost: PipelineLimits.descriptionLength) ?? ""
    vendor = object["vendor"]?.text(atMost: PipelineLimits.titleLength) ?? ""
    license = object["license"]?.text(atMost: PipelineLimits.titleLength) ?? ""
    homepage = object["homepage"]?.text() ?? ""
    icon = object["icon"]?.fileName()
  }

  private mutating func readKind(_ object: DocumentObject) {
    if let found = object["kind"]?.choice(PluginKind.self) { kind = found }
    interface = object["interface"]?.text(atMost: PipelineLimits.titleLength)
    let needsInterface = kind == .transport || kind == .listener
    if needsInterface, object["interface"] == nil {
      object.base.error(
        "missing_key", "a \(kind.rawValue) needs \"interface\", the id of what it offers")
    }
    if !needsInterface, let extra = object["interface"] {
      extra.error(
        "unexpected_key", "only a transport or a listener has an \"interface\": remove it")
    }
    guard kind != .data else {
      object["library"]?.error(
        "unexpected_key", "a plugin of kind data has no library: remove \"library\"")
      return
    }
    for (platform, file) in object.required("library")?.map(atMost: 8)?.all ?? [] {
      guard PluginManifest.platforms.contains(platform) else {
        file.error(
          "unknown_value",
          "unknown platform \"\(platform)\""
            + Suggestion.text(for: platform, among: PluginManifest.platforms),
          nearest: Suggestion.nearest(to: platform, among: PluginManifest.platforms))
        continue
      }
      library[platform] = file.fileName()
    }
  }

  private mutating func readCalls(_ object: DocumentObject) {
    isConcurrent = object["concurrent"]?.boolean() ?? false
    maxCalls = isConcurrent ? 32 : 1
    guard let source = object["max_calls"] else { return }
    guard isConcurrent else {
      source.error(
        "unexpected_key",
        "\"max_calls\" needs \"concurrent\": true: calls run one at a time otherwise")
      return
    }
    if let calls = source.integer(in: 1...Int64(PipelineLimits.maxCalls)) { maxCalls = Int(calls) }
  }

  private mutating func readRequires(_ source: DocumentValue?) {
    guard let object = source?.object(keys: ["interfaces", "optional"]) else { return }
    requiredInterfaces = object["interfaces"]?.texts(atMost: 50, length: 200) ?? []
    optionalInterfaces = object["optional"]?.texts(atMost: 50, length: 200) ?? []
  }

  private mutating func readChannels(_ source: DocumentValue?) {
    let (credentials, actions) = (credentials, actions)
    channels =
      source?.elements(atMost: PipelineLimits.channelKinds) { element in
        ChannelKind.read(element, credentials: credentials, actions: actions)
      } ?? []
    source?.unique(channels.map(\.kind), what: "channel kind")
  }

  private mutating func readActions(_ source: DocumentValue?, of document: DocumentValue) {
    let (id, settings) = (id, settings)
    actions =
      source?.elements(atMost: PipelineLimits.actions) { element in
        ActionManifest.read(element, plugin: id, settings: settings)
      } ?? []
    source?.unique(actions.map(\.id.rawValue), what: "action id")
    let hasActions = !(source?.value.isEmpty ?? true)
    if kind == .action, !hasActions {
      document.error(
        "no_actions", "a plugin of kind action needs \"actions\": declare one or give \"kind\"")
    }
    if kind != .action, hasActions {
      source?.error(
        "unexpected_key", "a plugin of kind \(kind.rawValue) has no actions: remove \"actions\"")
    }
  }
}

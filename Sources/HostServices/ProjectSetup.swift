// SPDX-License-Identifier: Apache-2.0
// What the services must know of a project: its plugins, their grants, its collections.
import Calendar
import Pipeline
import PluginHost
import Store
import Values

/// One project as it is set up now. Replaced as a whole when anything of it changes.
package struct ProjectSetup: Sendable {
  /// One plugin of the project.
  package struct PluginSetup: Sendable {
    package let installed: InstalledPlugin
    package let isEnabled: Bool
    package let grants: PluginGrants
    package let settings: JSONValue
    /// The same as its worker gets them with every call: written once.
    package let settingsText: [UInt8]
    /// The interfaces its calls are offered: those its manifest asks for. What is not granted is
    /// refused request by request, so that the refusal can name the grant that is missing.
    package let offeredServices: [String]
    /// What its workers may take of the machine.
    package let allowance: WorkerAllowance
    /// Whether a person wants transcripts of calls that succeed, too.
    package let isRecorded: Bool
    /// Whether its code runs inside of the host.
    package let isInside: Bool

    package init(
      installed: InstalledPlugin, isEnabled: Bool, grants: PluginGrants, settings: JSONValue,
      isRecorded: Bool = false, isInside: Bool = false
    ) {
      self.isInside = isInside
      self.isRecorded = isRecorded
      self.installed = installed
      self.isEnabled = isEnabled
      self.grants = grants
      self.settings = settings
      settingsText = settings.jsonBytes
      allowance = grants.allowance
      offeredServices =
        installed.manifest.requiredInterfaces + installed.manifest.optionalInterfaces
    }
  }

  package let project: ProjectID
  /// What dates without a zone are read in.
  package let zone: Zone
  package let constants: JSONValue
  /// What the context of every call begins with.
  ///
  /// **Shape** JSON, an object `{project, time_zone, constants}` without its last brace.
  package let contextHead: [UInt8]
  /// **Shape** `{name: url}` of its webhooks.
  package let connectorURLs: JSONValue
  package let plugins: [PluginID: PluginSetup]
  /// Every collection that any known plugin declares, with its owner.
  package let collections: [String: RecordSchema]
  /// The project's connectors as runs of them are started; drafts are not among them.
  package let connectors: [ConnectorName: ConnectorFacts]
  /// Its enabled connectors that take events raised for them, by name.
  package let takers: [EventTaker]
  /// The transports that carry the project's requests; nil where none is installed.
  package let httpTransport: InstalledPlugin?
  package let mailTransport: InstalledPlugin?

  package init(
    project: ProjectID, zone: Zone, constants: JSONValue, connectorURLs: JSONValue = [:],
    plugins: [PluginID: PluginSetup], collections: [String: RecordSchema],
    connectors: [ConnectorName: ConnectorFacts] = [:], takers: [EventTaker] = [],
    httpTransport: InstalledPlugin?, mailTransport: InstalledPlugin?
  ) {
    self.connectors = connectors
    self.takers = takers
    self.project = project
    self.zone = zone
    self.constants = constants
    let head: JSONValue = [
      "project": .text(project.rawValue), "time_zone": .text(zone.name), "constants": constants,
    ]
    contextHead = head.jsonBytes.dropLast()
    self.connectorURLs = connectorURLs
    self.plugins = plugins
    self.collections = collections
    self.httpTransport = httpTransport
    self.mailTransport = mailTransport
  }
}

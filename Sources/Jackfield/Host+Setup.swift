// SPDX-License-Identifier: Apache-2.0
// From what is stored of a project to what the running parts need.
import Calendar
import Engine
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  /// Rebuilds a project's setup from the store and hands it to the running parts. Called after
  /// every change of a project, before the command that made it answers.
  package func reconfigure(_ project: ProjectID) throws(HostError) {
    try change { () throws(HostError) -> Void in
      try makeConnectors(of: project)
      guard let runtime else { return }
      let (setup, rules) = try setup(of: project)
      let table = try intakeTable(of: project)
      let schedules = try schedules(of: project, zone: setup.zone)
      let document = try projectDocument(project)
      let alerts = try alertConnector(project, document)
      let watched = try watched(of: project, document, mailer: alerts?.row.id)
      let kept = try kept(of: project)
      let configured = Signal()
      runtime.loop.post {
        runtime.scheduler.configure(setup, rules: rules)
        runtime.intake.replace(table, for: project)
        runtime.schedules.replace(schedules, of: project)
        runtime.alerts.replace(alerts, of: project)
        runtime.watch.replace(watched, of: project)
        runtime.keeping.replace(kept, of: project)
        configured.give()
      }
      guard configured.wait(seconds: 30) else {
        throw HostError(
          "host_busy", "the change is stored, and the running host has not taken it over in 30 s")
      }
    }
  }

  /// A project's setup and rules as stored now.
  package func setup(of project: ProjectID) throws(HostError) -> (ProjectSetup, ProjectRules) {
    let document = try projectDocument(project)
    var plugins: [PluginID: ProjectSetup.PluginSetup] = [:]
    var actions: [ActionID: PolicyInputs] = [:]
    let recorded = try pluginsRecorded(project)
    let paces = try channelPaces(of: project)
    for use in try pluginUses(project) {
      plugins[use.plugin.id] = ProjectSetup.PluginSetup(
        installed: use.plugin, isEnabled: use.isEnabled || options.isPermissive, grants: use.grants,
        settings: Host.json(use.state?.settings), isRecorded: recorded.contains(use.plugin.id),
        isInside: document.runsInside(use.plugin))
      let (policy, refusal) = (use.policy, refusal(use, project))
      for action in use.plugin.manifest.actions {
        actions[action.id] = PolicyInputs(
          manifest: action, project: policy, paces: action.pace == nil ? nil : paces,
          refusal: refusal)
      }
    }
    let zone = zone(of: document)
    let (connectors, takers) = try connectorFacts(project, zone: zone)
    let setup = ProjectSetup(
      project: project, zone: zone,
      constants: .object(document.constants),
      connectorURLs: try connectorURLs(project, document), plugins: plugins,
      collections: catalogue.collections.mapValues { RecordSchema($0) },
      connectors: connectors, takers: takers,
      httpTransport: catalogue.offering(interface: "jackfield.transport.http/draft"),
      mailTransport: catalogue.offering(interface: "jackfield.transport.mail/draft"))
    let isPaused = try pausedAt(project) != nil
    return (setup, ProjectRules(actions: actions, isPaused: isPaused))
  }

  /// A project's zone. One that the machine does not know any more is UTC, and the log says so.
  func zone(of document: ProjectDocument) -> Zone {
    if let zone = document.zone(in: zones) { return zone }
    options.log(
      "project \(document.name): this machine has no time zone \"\(document.timeZone ?? "")\", dates "
        + "without one are read as UTC: install the package tzdata")
    return .utc
  }

  /// **Shape** `{name: url}` of a project's webhooks.
  private func connectorURLs(
    _ project: ProjectID, _ document: ProjectDocument
  ) throws(HostError) -> JSONValue {
    let base = document.publicURL ?? address ?? ""
    let rows = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project)
    }
    var urls = JSONObject()
    for row in rows where !row.name.isHostMade { urls[row.name.rawValue] = .text(base + "/in/" + row.token) }
    return .object(urls)
  }

  /// The project's enabled connectors that a schedule starts.
  private func schedules(of project: ProjectID, zone: Zone) throws(HostError) -> [Schedule] {
    let (library, zones, log) = (library, zones, options.log)
    return try reading { transaction throws(StoreError) in
      var list: [Schedule] = []
      for row in try transaction.connectorList(project) where row.isEnabled {
        guard let connector = try? library.connector(row.id, version: row.version, in: transaction),
          case .schedule(let trigger) = connector.trigger
        else { continue }
        let own = trigger.timeZone.map { zones($0) } ?? connector.zone(in: zones)
        if trigger.timeZone != nil, own == nil {
          log("connector \(row.name): its time zone is not on this machine: install tzdata")
        }
        list.append(
          Schedule(
            row: row, connector: connector, cron: trigger.cron, zone: own ?? zone,
            misfire: trigger.misfire))
      }
      return list
    }
  }

  /// The connectors that runs of a project can be started of, and those that take raised events.
  private func connectorFacts(
    _ project: ProjectID, zone: Zone
  ) throws(HostError) -> ([ConnectorName: ConnectorFacts], [EventTaker]) {
    let (library, zones, digests) = (library, zones, Digests(sodium))
    return try reading { transaction throws(StoreError) in
      var all: [ConnectorName: ConnectorFacts] = [:]
      var takers: [EventTaker] = []
      for row in try transaction.connectorList(project) {
        // A document that this version no longer reads is still there to be named.
        let document = try? library.connector(row.id, version: row.version, in: transaction)
        if let document, row.isEnabled, TriggerKind.raisable.contains(document.trigger.kind) {
          let context = FormatterContext(
            zone: document.zone(in: zones) ?? zone, zones: zones, digests: digests)
          takers.append(
            EventTaker(
              connector: row.id, name: row.name, version: row.version, trigger: document.trigger,
              fifoKey: { document.fifoKey(of: $0, context: context) }))
        }
        all[row.name] = ConnectorFacts(
          id: row.id, name: row.name, version: row.version, isEnabled: row.isEnabled,
          trigger: document?.trigger.kind, routed: document?.routed)
      }
      return (all, takers)
    }
  }

  /// Why none of a plugin's actions can be called; nil when they can.
  private func refusal(_ use: PluginUse, _ project: ProjectID) -> ActionFailure? {
    let id = use.plugin.id
    if !use.isEnabled && !options.isPermissive {
      return ActionFailure(
        .denied, code: "plugin_not_enabled",
        message: "plugin \(id) is not enabled for project \(project): "
          + "jackfield plugin enable \(id) --project \(project)")
    }
    let wrong = use.problem ?? use.plugin.problems.first { $0.severity == .error }
    guard let problem = wrong else { return nil }
    return ActionFailure(
      .unavailable, code: problem.code,
      message: "plugin \(id) cannot be loaded: \(problem.message)")
  }

  /// The parts of a stored text that is an object; an absent one is empty.
  static func json(_ text: String?) -> JSONValue {
    text.flatMap { try? JSONValue(parsing: $0) } ?? [:]
  }

  package func pluginStates(_ project: ProjectID) throws(HostError) -> [PluginID: PluginState] {
    let list = try reading { transaction throws(StoreError) in
      try transaction.pluginStateList(project)
    }
    return Dictionary(list.map { ($0.plugin, $0.state) }) { _, last in last }
  }

  /// What a connector of a project is checked against.
  package func checkContext(_ project: ProjectID) throws(HostError) -> CheckContext {
    let uses = try pluginUses(project)
    let credentials = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    var actions: [ActionID: ActionManifest] = [:]
    for use in uses {
      for action in use.plugin.manifest.actions { actions[action.id] = action }
    }
    var context = CheckContext(
      project: project, actions: actions, knownPlugins: Set(catalogue.plugins.map(\.id)))
    context.zones = zones
    context.zone = try projectDocument(project).zone(in: zones) ?? .utc
    let isPermissive = options.isPermissive
    context.enabledPlugins = Set(uses.filter { $0.isEnabled || isPermissive }.map(\.plugin.id))
    context.credentials = Set(credentials.map(\.name))
    context.collections = Set(catalogue.collections.keys)
    for use in uses where use.state != nil {
      // What is not there is not checked.
      context.grants[use.plugin.id] = isPermissive ? nil : ProjectGrants(use.grants)
      context.policies[use.plugin.id] = use.policy
    }
    context.take(try projectDocument(project))
    try addChannels(to: &context)
    try addAttributes(to: &context)
    try addConnectors(to: &context)
    return context
  }

  /// The channels of earlier documents too: applying another deletes none. A project that has no
  /// channel at all is not held to any.
  private func addChannels(to context: inout CheckContext) throws(HostError) {
    for row in try definitions("channel", of: context.project) ?? [] {
      guard let name = row.fields["name"]?.asText, let kind = row.fields["kind"]?.asText
      else { continue }
      context.channels?[name] = kind
    }
    if context.channels?.isEmpty ?? false { context.channels = nil }
  }

  /// The attributes of its contacts; with more than one page of them none is held to be unknown.
  private func addAttributes(to context: inout CheckContext) throws(HostError) {
    guard let rows = try definitions("attribute", of: context.project),
      Int64(rows.count) < StoreLimits.queryLimit
    else { return }
    context.attributes = Set(rows.compactMap { $0.fields["name"]?.asText })
  }

  /// The records of a collection that project documents fill; nil where no plugin declares it.
  func definitions(
    _ collection: String, of project: ProjectID
  ) throws(HostError) -> [RecordRow]? {
    guard let manifest = catalogue.collections[collection] else { return nil }
    let schema = RecordSchema(manifest)
    return try reading { transaction throws(StoreError) in
      let all = try RecordQuery(["limit": .integer(StoreLimits.queryLimit)], of: schema)
      return try transaction.recordQuery(project, schema, all).records
    }
  }

  /// The project's connectors, their triggers, and where they route to.
  private func addConnectors(to context: inout CheckContext) throws(HostError) {
    let (library, project) = (library, context.project)
    let known = try reading { transaction throws(StoreError) in
      try transaction.connectorList(project).map { row in
        (row.name, try? library.connector(row.id, version: row.version, in: transaction))
      }
    }
    context.connectors = [:]
    for (name, connector) in known {
      // A document that this version no longer reads is still there to be named.
      context.connectors?[name] = connector?.trigger.kind ?? .connector
      context.routes[name] = connector?.routes
      context.accepting[name] = connector?.routed
    }
  }
}

extension ProjectGrants {
  /// What is stored, as a document says it.
  init(_ grants: PluginGrants) {
    self.init()
    hosts = grants.hosts
    credentials = grants.credentials.sorted()
    readCollections = grants.readCollections.sorted()
    writeCollections = grants.writeCollections.sorted()
    runs = grants.runs
    resources = grants.resources
  }
}

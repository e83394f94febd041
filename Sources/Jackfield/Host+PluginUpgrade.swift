// SPDX-License-Identifier: Apache-2.0
// Which build of a plugin a project uses: upgraded, approved, rolled back.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// What a person says when a project is to use another build.
package enum UpgradeWish: Sendable {
  /// The current build.
  case current
  /// The build installed before the one in use; the project is held there.
  case previous
  /// A version, or the first letters of a hash; the project is held there.
  case named(String)
}

extension Host {
  /// Takes a project to another build of a plugin.
  ///
  /// - Parameter mayBreak: whether connectors in force may be broken: a person has said so.
  /// - Throws: `HostError`, codes `unknown_plugin`, `unknown_version`, `plugin_not_enabled`.
  package func upgradePlugin(
    _ id: String, project name: String, to wish: UpgradeWish = .current, mayBreak: Bool = false
  ) throws(HostError) -> PluginMove {
    try change { () throws(HostError) -> PluginMove in
      let project = try self.project(named: name)
      let use = try pluginUse(id, project)
      guard use.isEnabled else {
        throw HostError(
          "plugin_not_enabled",
          "plugin \(id) is not enabled for project \(project): jackfield plugin enable \(id) "
            + "--project \(project)")
      }
      let (target, held) = try target(of: wish, use)
      if let stay = try pinned(use, target, project) { return stay }
      // Going back is meant for when something is broken already.
      let isBack = if case .previous = wish { true } else { false }
      if !mayBreak && !isBack, let stay = incompatible(use, target, project) { return stay }
      if let stay = asksForMore(use, target, project) { return stay }
      return try move(use, to: target, heldAt: held, project)
    }
  }

  /// Grants what the build a project waits for, or uses, asks for and has not, and moves there.
  ///
  /// - Returns: what was granted, and the move where there was one to make.
  /// - Throws: `HostError`, codes `unknown_plugin`, `plugin_not_enabled`.
  package func approvePlugin(
    _ id: String, project name: String
  ) throws(HostError) -> (granted: [Grant], move: PluginMove?) {
    try change { () throws(HostError) -> ([Grant], PluginMove?) in
      let project = try self.project(named: name)
      let use = try pluginUse(id, project)
      guard var state = use.state, state.isEnabled else {
        throw HostError(
          "plugin_not_enabled",
          "plugin \(id) is not enabled for project \(project), so nothing waits: jackfield plugin "
            + "enable \(id) --project \(project)")
      }
      let target = try installed(id)
      var grants = use.grants
      let isUpgrade = target !== use.plugin && use.problem == nil
      let granted =
        isUpgrade
        ? grants.askedAnew(by: target.manifest, after: use.plugin.manifest)
        : grants.missing(of: use.plugin.manifest.grants)
      if isUpgrade {
        if let stay = try pinned(use, target, project) { return ([], stay) }
        if let stay = incompatible(use, target, project) { return ([], stay) }
      }
      for grant in granted { grants.add(grant) }
      try refuseOwnFolder(grants)
      state.grants = grants.value.json
      try keep(state, of: target.id, in: project)
      guard isUpgrade else { return (granted, nil) }
      return (granted, try move(try pluginUse(id, project), to: target, heldAt: nil, project))
    }
  }

  /// Why a project is not on the current build of a plugin; nil where it is, or uses none.
  package func waiting(_ use: PluginUse, _ project: ProjectID) throws(HostError) -> PluginMove? {
    // By the object: to ask a bundled plugin for its hash would load its image.
    guard use.isEnabled, use.problem == nil, let current = catalogue[use.plugin.id],
      current !== use.plugin
    else { return nil }
    if let obstacle = try obstacle(use, current, project) { return obstacle }
    return stay(
      use, current, project, "available",
      "\(current.manifest.version) is installed: jackfield plugin upgrade \(current.id) --project "
        + "\(project) takes it")
  }

  /// After an install: the project goes to the current build if nothing speaks against it.
  func follow(_ id: PluginID, in project: ProjectID) throws(HostError) -> PluginMove? {
    let use = try pluginUse(id.rawValue, project)
    guard use.isEnabled, let current = catalogue[id],
      current !== use.plugin || use.problem != nil
    else { return nil }
    // A build that cannot be called any more is no measure.
    let stay = use.problem == nil
      ? try obstacle(use, current, project) : try pinned(use, current, project)
    if let stay { return stay }
    return try move(use, to: current, heldAt: nil, project)
  }

  // MARK: what speaks against it

  private func obstacle(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID
  ) throws(HostError) -> PluginMove? {
    if let stay = try pinned(use, target, project) { return stay }
    return held(use, target, project) ?? incompatible(use, target, project)
      ?? asksForMore(use, target, project)
  }

  /// What the project's document says holds, whoever says otherwise.
  func pinned(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID
  ) throws(HostError) -> PluginMove? {
    guard let document = try projectDocument(project).plugin(target.id) else { return nil }
    if let hash = document.sha256, hash != target.build {
      return stay(
        use, target, project, "pinned",
        "its document pins the build \(hash), this one is \(target.build): change \"sha256\" in it")
    }
    if let version = document.version, !target.manifest.isVersion(version) {
      return stay(
        use, target, project, "pinned",
        "its document says version \(version), this one is \(target.manifest.version): change "
          + "\"version\" in it")
    }
    return nil
  }

  private func held(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID
  ) -> PluginMove? {
    guard let version = use.state?.version, !target.manifest.isVersion(version) else { return nil }
    return stay(
      use, target, project, "held",
      "it is held there: jackfield plugin upgrade \(target.id) --project \(project) takes it to "
        + target.manifest.version)
  }

  private func incompatible(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID
  ) -> PluginMove? {
    guard let first = target.manifest.incompatibility(with: use.plugin.manifest) else { return nil }
    let named = isCurrent(target) ? "" : " --version \(target.manifest.version)"
    return stay(
      use, target, project, "incompatible",
      "\(target.manifest.version) does not take what connectors were checked against (\(first)): "
        + "jackfield plugin upgrade \(target.id)\(named) --major --project \(project) takes it "
        + "all the same")
  }

  private func asksForMore(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID
  ) -> PluginMove? {
    let more = use.grants.askedAnew(by: target.manifest, after: use.plugin.manifest)
    guard !more.isEmpty else { return nil }
    let options = more.map(\.option).joined(separator: " ")
    let command = isCurrent(target) ? "approve \(target.id)" : "enable \(target.id) \(options)"
    return stay(
      use, target, project, "asks_for_more",
      "\(target.manifest.version) asks for more (\(more.map(\.text).joined(separator: ", "))): "
        + "jackfield plugin \(command) --project \(project)")
  }

  private func isCurrent(_ build: InstalledPlugin) -> Bool {
    catalogue[build.id] === build
  }

  private func stay(
    _ use: PluginUse, _ target: InstalledPlugin, _ project: ProjectID, _ code: String,
    _ reason: String
  ) -> PluginMove {
    PluginMove(
      project: project, plugin: target.id, from: use.plugin.manifest.version,
      to: target.manifest.version, verdict: .stays(code: code, reason: reason))
  }

  // MARK: the move

  private func move(
    _ use: PluginUse, to target: InstalledPlugin, heldAt version: String?, _ project: ProjectID
  ) throws(HostError) -> PluginMove {
    if let problem = target.problems.first(where: { $0.severity == .error }) {
      throw HostError(problem.code, "plugin \(target.id) cannot be used: \(problem.message)")
    }
    var state = use.state ?? PluginState(isEnabled: true)
    // What came with the host changes with it, and is held to a hash by the document alone.
    state.hash =
      target.source == .installed
      ? target.build : try projectDocument(project).plugin(target.id)?.sha256
    state.version = version
    try keep(state, of: target.id, in: project)
    var move = PluginMove(
      project: project, plugin: target.id, from: use.plugin.manifest.version,
      to: target.manifest.version, verdict: .moved)
    move.warnings = try broken(by: target.id, in: project)
    return move
  }

  private func target(
    of wish: UpgradeWish, _ use: PluginUse
  ) throws(HostError) -> (InstalledPlugin, heldAt: String?) {
    let id = use.plugin.id
    let builds = catalogue.builds(of: id)
    switch wish {
    case .current: return (catalogue[id] ?? use.plugin, nil)
    case .named(let text):
      guard let found = builds.last(where: { $0.isMeant(text) }) else {
        throw unknownVersion(text, of: id, builds.map(\.manifest.version))
      }
      return (found, found.manifest.version)
    case .previous:
      guard let own = builds.firstIndex(where: { $0.build == use.plugin.build }), own > 0 else {
        throw HostError(
          "unknown_version",
          "plugin \(id) has no build from before \(use.plugin.manifest.version): jackfield plugin "
            + "show \(id) lists those there are")
      }
      return (builds[own - 1], builds[own - 1].manifest.version)
    }
  }

  /// The project's connectors that use a plugin and do not check any more, a line each.
  private func broken(by id: PluginID, in project: ProjectID) throws(HostError) -> [String] {
    let sources = try reading { transaction throws(StoreError) in
      var sources: [(name: String, source: String)] = []
      for row in try transaction.connectorList(project) {
        let version = try transaction.connectorVersionGet(row.id, version: row.version)
        if let version { sources.append((row.name.rawValue, version.document)) }
      }
      return sources
    }
    var lines: [String] = []
    for (name, source) in sources where source.contains("\"\(id).") {
      let checked = try check(Array(source.utf8), project: project.rawValue)
      guard let finding = checked.findings.first(where: { $0.severity == .error }) else { continue }
      lines.append("connector \(name) does not check any more: \(finding.text(in: name))")
    }
    return lines
  }
}

extension PluginManifest {
  /// Whether this is a version, or one of those that its first parts name.
  func isVersion(_ wanted: String) -> Bool { version == wanted || version.hasPrefix(wanted + ".") }
}

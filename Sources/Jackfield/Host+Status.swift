// SPDX-License-Identifier: Apache-2.0
// What needs a person, and how much of everything there is.
import Calendar
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  /// How everything is, from what is stored and, where it runs, from what is in memory.
  public func status(_ limits: StatusLimits = StatusLimits()) throws(HostError) -> HostStatus {
    var status = HostStatus()
    status.facts["version"] = .text(Host.version)
    status.facts["running"] = .boolean(isRunning && options.resumesRuns)
    if let address { status.facts["address"] = .text(address) }
    try addRuns(to: &status)
    try addQueue(to: &status, limits)
    try addStandstill(to: &status, limits)
    try addCredentials(to: &status)
    try addBreakers(to: &status)
    try addMails(to: &status)
    addUnreadable(to: &status)
    try addPlugins(to: &status)
    status.facts["sandbox"] = .text(options.sandbox.summary)
    status.facts["plugins"] = .list(pluginHealth().map(\.value))
    try addInside(to: &status)
    addDisk(to: &status, limits)
    return status
  }

  private func addRuns(to status: inout HostStatus) throws(HostError) {
    let counts = try reading { transaction throws(StoreError) in
      var counts: [(project: ProjectID, states: [RunState: Int64], unknown: Int64)] = []
      for project in try transaction.projectList() {
        counts.append(
          (
            project, try transaction.runCountByState(project),
            try transaction.runCountMarked(project, "unknown")
          ))
      }
      return counts
    }
    var projects = JSONObject()
    for (project, states, unknown) in counts {
      var runs = JSONObject()
      for state in RunState.allCases { runs[state.rawValue] = .integer(states[state] ?? 0) }
      var facts: JSONObject = ["runs": .object(runs), "unknown": .integer(unknown)]
      facts["alert"] = try projectDocument(project).alert?.value
      if let paused = try pausedAt(project) {
        let since = Moment(milliseconds: paused).iso
        facts["paused_since"] = .text(since)
        status.add(
          "project_paused",
          "project \(project) is paused since \(since), its runs stand still: "
            + "jackfield project resume \(project)")
      }
      projects[project.rawValue] = .object(facts)
      guard unknown > 0 else { continue }
      status.add(
        "runs_unknown",
        "\(unknown) run\(unknown == 1 ? "" : "s") of \(project) may have sent something or not: "
          + "jackfield runs list --project \(project) --mark unknown, then runs resolve")
    }
    status.facts["projects"] = .object(projects)
  }

  private func addQueue(
    to status: inout HostStatus, _ limits: StatusLimits
  ) throws(HostError) {
    for project in try projectNames() {
      let oldest = try reading { transaction throws(StoreError) in
        try transaction.runOldestReady(project)
      }
      guard let oldest, try pausedAt(project) == nil else { continue }
      let since = Moment(milliseconds: oldest.since)
      if since.iso < status.facts["oldest_ready"]?["since"]?.asText ?? "~" {
        status.facts["oldest_ready"] = [
          "run": .text(oldest.run.description), "since": .text(since.iso),
        ]
      }
      let own = try projectDocument(project).alert ?? ProjectAlert(to: [])
      let waits = Host.now() - oldest.since
      guard waits > limits.queueMS ?? own.queueAfter.milliseconds else { continue }
      let advice =
        isRunning
        ? "jackfield runs explain \(oldest.run) says why"
        : "no host is running: jackfield serve goes on with it"
      status.add(
        "queue_old", "run \(oldest.run) has been ready for \(waits / 1_000) s: \(advice)")
    }
  }

  /// Runs that stand still because nobody works on them, where the queue has not said so.
  private func addStandstill(
    to status: inout HostStatus, _ limits: StatusLimits
  ) throws(HostError) {
    guard !(isRunning && options.resumesRuns), !status.has("queue_old") else { return }
    var count = try reading { transaction throws(StoreError) in
      try transaction.runCountDue(nowMS: Host.now())
    }
    for project in (status.facts["projects"]?.asObject ?? [:]).map(\.value)
    where project["paused_since"] == nil {
      for state in [RunState.ready, .running] {
        count += project["runs"]?[state.rawValue]?.asInteger ?? 0
      }
    }
    if count == 0, limits.wantsHost {
      status.add("no_host", "no host is running: jackfield serve takes events in")
    }
    guard count > 0 else { return }
    status.add(
      "no_host",
      "no host is running, and \(count) run\(count == 1 ? " stands" : "s stand") still: "
        + "jackfield serve goes on with them")
  }

  /// Credentials that are of no use to anybody here, as after a restore without the key.
  private func addCredentials(to status: inout HostStatus) throws(HostError) {
    for project in try projectNames() {
      let rows = try reading { transaction throws(StoreError) in
        try transaction.credentialList(project)
      }
      let shut = rows.compactMap { row -> String? in
        do throws(ActionFailure) {
          _ = try vault.open(row)
          return nil
        } catch {
          return error.message
        }
      }
      guard let first = shut.first else { continue }
      let count = "\(shut.count) credential\(shut.count == 1 ? " does" : "s do")"
      status.add("credentials_shut", "\(count) not open in project \(project): \(first)")
    }
  }

  private func addBreakers(to status: inout HostStatus) throws(HostError) {
    let open = try breakers()
    status.facts["breakers"] = .list(open.map(\.value))
    for breaker in open {
      status.add(
        "breaker_open",
        "plugin \(breaker.plugin) of \(breaker.project) failed too often in a row and is held "
          + "back: jackfield breaker reset \(breaker.plugin) --project \(breaker.project)")
    }
  }

  private func addMails(to status: inout HostStatus) throws(HostError) {
    let mails = try reading { transaction throws(StoreError) in
      try transaction.alertMailDue(nowMS: .max, limit: StoreLimits.runPage).mails
    }
    status.facts["alert_mails"] = .integer(Int64(mails.count))
    guard let failed = mails.first(where: { $0.attempts > 0 }) else { return }
    let count = mails.count { $0.attempts > 0 }
    status.add(
      "alerts_not_sent",
      "\(count) alert\(count == 1 ? "" : "s") could not be mailed (\(failed.error ?? "")): "
        + "jackfield alert list")
  }

  /// Runs that the running host could not read back.
  private func addUnreadable(to status: inout HostStatus) {
    guard let runtime, options.resumesRuns,
      let unreadable = runtime.ask({ runtime.scheduler.unreadable }),
      let (run, reason) = unreadable.min(by: { $0.key < $1.key })
    else { return }
    let count = unreadable.count
    status.facts["runs_unreadable"] = .integer(Int64(count))
    status.add(
      "runs_unreadable",
      "\(count) run\(count == 1 ? "" : "s") cannot be read back and stay where they are, the first "
        + "is run \(run) (\(reason)): jackfield runs cancel \(run) ends it, jackfield doctor looks "
        + "over the folder")
  }

  /// Plugins that a project has enabled and this host cannot load, and images that did not start;
  /// projects that wait to go to another build.
  private func addPlugins(to status: inout HostStatus) throws(HostError) {
    var unusable: [PluginID: String] = [:]
    var waiting: [PluginMove] = []
    for project in try projectNames() {
      for (plugin, state) in try pluginStates(project) where state.isEnabled {
        let use: PluginUse
        do throws(HostError) { use = try pluginUse(plugin.rawValue, project) } catch {
          unusable[plugin] =
            error.code == "unknown_plugin"
            ? "it is enabled for \(project) and not installed" : error.message
          continue
        }
        let wrong = use.problem ?? use.plugin.problems.first { $0.severity == .error }
        if let wrong { unusable[plugin] = wrong.message }
        if let stay = try self.waiting(use, project) { waiting.append(stay) }
      }
    }
    for broken in catalogue.broken where broken.id == nil {
      status.add("plugin_unusable", broken.problems.first?.message ?? broken.folder)
    }
    status.facts["plugins_waiting"] = .list(waiting.map(\.value))
    for stay in waiting {
      if case .stays("asks_for_more", _) = stay.verdict { status.add("plugin_waits", stay.text) }
    }
    for failure in poolStatus()?.failures ?? [] {
      unusable[failure.plugin] = failure.failure.message
    }
    status.facts["plugins_unusable"] = .list(unusable.keys.sorted().map { .text($0.rawValue) })
    for plugin in unusable.keys.sorted() {
      status.add(
        "plugin_unusable",
        "plugin \(plugin) cannot be loaded: \(unusable[plugin] ?? ""); jackfield doctor")
    }
  }

  /// Plugins without a worker; one that did not return needs a person.
  private func addInside(to status: inout HostStatus) throws(HostError) {
    var quarantines: [PluginInside: String] = [:]
    for entry in poolStatus()?.quarantines ?? [] {
      quarantines[PluginInside(project: entry.project, plugin: entry.plugin)] = entry.reason
    }
    status.facts["inside"] = .list(
      try pluginsInside().map { plugin in
        var value: JSONObject = [
          "project": .text(plugin.project.rawValue), "plugin": .text(plugin.plugin.rawValue),
          "isolation": "none", "message": .text(plugin.text),
        ]
        value["quarantine"] = quarantines[plugin].map { .text($0) }
        return .object(value)
      })
    for (plugin, reason) in quarantines.sorted(by: { $0.key.text < $1.key.text }) {
      status.add(
        "plugin_quarantined",
        "plugin \(plugin.plugin) of \(plugin.project) ran inside of the host and \(reason): it runs "
          + "in a worker now; start the host again, or take \"isolation\" out of the project")
    }
  }

  private func addDisk(to status: inout HostStatus, _ limits: StatusLimits) {
    guard let disk = DiskSpace(of: options.dataFolder) else { return }
    status.facts["disk"] = [
      "free_bytes": .integer(disk.free), "total_bytes": .integer(disk.total),
    ]
    guard disk.free < limits.freeBytes else { return }
    status.add(
      "disk_full",
      "\(DiskSpace.text(disk.free)) are free for \(options.dataFolder), less than "
        + "\(DiskSpace.text(limits.freeBytes)): free some space, or keep fewer runs (keep_runs)")
  }

  private func poolStatus() -> PoolStatus? {
    guard let runtime else { return nil }
    return runtime.ask { runtime.pool.status }
  }
}

extension ProjectAlert {
  /// **Shape** `{to, on, queue_after}`.
  fileprivate var value: JSONValue {
    [
      "to": .list(to.map { .text($0) }), "on": .list(on.map(\.rawValue).sorted().map { .text($0) }),
      "queue_after": .text(DurationText.text(queueAfter)),
    ]
  }
}

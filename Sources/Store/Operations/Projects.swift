// SPDX-License-Identifier: Apache-2.0
// Projects and what their operators decided about plugins.

import Pipeline

extension WriteTransaction {
  /// Keeps a project's document.
  package func projectPut(
    _ name: ProjectID, document: String, nowMS: Int64
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT INTO project (name, document, updated_at) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE
      SET document = excluded.document, updated_at = excluded.updated_at
      """
    ).bind(name.rawValue).bind(document).bind(nowMS).run()
  }

  /// Holds the runs of a project where they are, from now on.
  ///
  /// **Shape** false when they were held before
  package func projectPause(_ name: ProjectID, nowMS: Int64) throws(StoreError) -> Bool {
    try database.statement("INSERT OR IGNORE INTO meta (name, value) VALUES ('paused ' || ?, ?)")
      .bind(name.rawValue).bind(nowMS).run() > 0
  }

  /// Lets the runs of a project go on.
  ///
  /// **Shape** false when they were not held
  package func projectResume(_ name: ProjectID) throws(StoreError) -> Bool {
    try database.statement("DELETE FROM meta WHERE name = 'paused ' || ?")
      .bind(name.rawValue).run() > 0
  }

  /// Has all calls of a plugin written down from now on, or again only those that fail.
  package func pluginRecord(
    _ project: ProjectID, _ plugin: PluginID, _ isOn: Bool, nowMS: Int64
  ) throws(StoreError) {
    if isOn {
      try database.statement("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)")
        .bind(recordName(project) + plugin.rawValue).bind(nowMS).run()
    } else {
      try database.statement("DELETE FROM meta WHERE name = ?")
        .bind(recordName(project) + plugin.rawValue).run()
    }
  }

  /// Keeps what was decided about a plugin.
  package func pluginStatePut(
    _ project: ProjectID, _ plugin: PluginID, _ state: PluginState
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT OR REPLACE INTO plugin_state
      (project, plugin, enabled, version, hash, grants, policy, settings)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).bind(project.rawValue).bind(plugin.rawValue).bind(state.isEnabled).bind(state.version)
      .bind(state.hash).bind(state.grants).bind(state.policy).bind(state.settings).run()
  }
}

extension StoreReading {
  /// A project's document.
  package func projectGet(_ name: ProjectID) throws(StoreError) -> String? {
    try database.statement("SELECT document FROM project WHERE name = ?")
      .bind(name.rawValue).first { row throws(StoreError) in row.text(0) }
  }

  /// Since when a project's runs are held; nil where they are not.
  ///
  /// **Unit** milliseconds since 1970
  package func projectPausedAt(_ name: ProjectID) throws(StoreError) -> Int64? {
    try database.statement("SELECT value FROM meta WHERE name = 'paused ' || ?")
      .bind(name.rawValue).first { row throws(StoreError) in row.integer(0) }
  }

  /// The plugins of a project all of whose calls are written down.
  package func pluginsRecorded(_ project: ProjectID) throws(StoreError) -> Set<PluginID> {
    let name = recordName(project)
    // Everything that begins with the name, whose last character is a blank.
    let plugins = try database.statement("SELECT name FROM meta WHERE name > ? AND name < ?")
      .bind(name).bind(String(name.dropLast()) + "!").all { row throws(StoreError) in
        PluginID(rawValue: String(row.text(0).dropFirst(name.count)))
      }
    return Set(plugins)
  }

  /// The projects' names, sorted.
  package func projectList() throws(StoreError) -> [ProjectID] {
    try database.statement("SELECT name FROM project ORDER BY name")
      .all { row throws(StoreError) in ProjectID(rawValue: row.text(0)) }
  }

  package func pluginStateGet(
    _ project: ProjectID, _ plugin: PluginID
  ) throws(StoreError) -> PluginState? {
    try database.statement(
      """
      SELECT enabled, version, hash, grants, policy, settings FROM plugin_state
      WHERE project = ? AND plugin = ?
      """
    ).bind(project.rawValue).bind(plugin.rawValue)
      .first { row throws(StoreError) in PluginState(row, at: 0) }
  }

  /// Every plugin somebody decided about, sorted.
  package func pluginStateList(
    _ project: ProjectID
  ) throws(StoreError) -> [(plugin: PluginID, state: PluginState)] {
    try database.statement(
      """
      SELECT plugin, enabled, version, hash, grants, policy, settings FROM plugin_state
      WHERE project = ? ORDER BY plugin
      """
    ).bind(project.rawValue).all { row throws(StoreError) in
      (PluginID(rawValue: row.text(0)), PluginState(row, at: 1))
    }
  }
}

private func recordName(_ project: ProjectID) -> String { "recorded \(project) " }

extension PluginState {
  fileprivate init(_ row: Statement, at start: Int32) {
    self.init(
      isEnabled: row.boolean(start), version: row.textOrNil(start + 1),
      hash: row.textOrNil(start + 2), grants: row.text(start + 3), policy: row.text(start + 4),
      settings: row.text(start + 5))
  }
}

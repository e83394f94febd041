// SPDX-License-Identifier: Apache-2.0
// Calls as files that an operator can send to a plugin's author.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  /// A call of a run, written down so that it can run again, without any secret of its project.
  ///
  /// - Parameter attempt: which one, counted from 1 over the timeline; nil is the last that is kept.
  /// - Throws: `HostError`, codes `unknown_run`, `unknown_attempt`, `not_recorded`; `wrong_key` and
  ///   others when a credential does not open, for then nobody knows what to strike out.
  package func transcript(run id: Int64, attempt: Int?) throws(HostError) -> CallTranscript {
    let run = try run(id)
    let attempts = run.entries.filter { $0.attempt != nil }
    let wanted: RunDetail.Entry?
    if let attempt {
      wanted = try entry(ofAttempt: attempt, in: run)
    } else {
      wanted = attempts.last(where: \.isRecorded) ?? attempts.last
    }
    guard let wanted else {
      throw HostError("unknown_attempt", "run \(id) has called no action yet")
    }
    let text = try reading { transaction throws(StoreError) in
      try transaction.transcriptGet(RunID(id), sequence: wanted.sequence)
    }
    guard let text, let value = try? JSONValue(parsing: text),
      let transcript = try? CallTranscript(value: value)
    else { throw notRecorded(wanted, of: run) }
    return transcript.without(secrets: try secrets(of: ProjectID(rawValue: run.summary.project)))
  }

  /// The line of the timeline that an attempt ended with.
  ///
  /// - Throws: `HostError`, code `unknown_attempt`.
  package func entry(
    ofAttempt number: Int, in run: RunDetail
  ) throws(HostError) -> RunDetail.Entry {
    if let found = run.entries.first(where: { $0.attempt == number }) { return found }
    let count = run.entries.count { $0.attempt != nil }
    throw HostError(
      "unknown_attempt",
      "run \(run.summary.id) has \(count) attempts, not \(number): jackfield runs show "
        + "\(run.summary.id) --json numbers them")
  }

  private func notRecorded(_ entry: RunDetail.Entry, of run: RunDetail) -> HostError {
    let plugin = entry.content["action"]?.asText.map { ActionID($0).plugin.rawValue } ?? "ID"
    let hasSucceeded = entry.content["status"] == "succeeded"
    let reason =
      hasSucceeded
      ? "it succeeded: jackfield plugin record \(plugin) on --project \(run.summary.project) keeps "
        + "all calls from now on"
      : "the last \(StoreLimits.transcripts) failures of an action are kept, and it is not among them"
    return HostError(
      "not_recorded",
      "attempt \(entry.attempt ?? 0) of run \(run.summary.id) is not recorded, for \(reason)")
  }

  /// The value of every secret of a project.
  private func secrets(of project: ProjectID) throws(HostError) -> [String] {
    let rows = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    var secrets: [String] = []
    for row in rows {
      do throws(ActionFailure) {
        secrets += (try vault.open(row).asObject ?? [:]).values.map { $0.asText ?? $0.json }
      } catch {
        throw HostError(
          error.code, "the record cannot be cleared of secrets that nobody can read: \(error.message)")
      }
    }
    return secrets
  }

  // MARK: all calls of a plugin

  /// Has all calls of a plugin written down from now on, not only those that fail, or ends that.
  ///
  /// - Throws: `HostError`, codes `unknown_project`, `unknown_plugin`.
  package func recordCalls(
    of id: String, project name: String, _ isOn: Bool
  ) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let (project, now) = (try self.project(named: name), Host.now())
      let plugin = try installed(id).id
      try writing { transaction throws(StoreError) in
        try transaction.pluginRecord(project, plugin, isOn, nowMS: now)
      }
      try reconfigure(project)
    }
  }

  /// The plugins of a project all of whose calls are written down.
  package func pluginsRecorded(_ project: ProjectID) throws(HostError) -> Set<PluginID> {
    try reading { transaction throws(StoreError) in try transaction.pluginsRecorded(project) }
  }
}

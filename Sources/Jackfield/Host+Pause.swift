// SPDX-License-Identifier: Apache-2.0
// Projects whose runs stand still because a person wants it.
import Calendar
import Pipeline
import Store
import Values

extension Host {
  /// Holds the runs of a project where they are, over restarts, until it is resumed. Calls under
  /// way end and are recorded; nothing is called, decided or woken after that. Events are accepted
  /// and stored all the same.
  ///
  /// - Returns: false when it was paused before.
  /// - Throws: `HostError`, code `unknown_project`.
  public func pauseProject(_ name: String) throws(HostError) -> Bool {
    try change { () throws(HostError) -> Bool in
      let (project, now) = (try self.project(named: name), Host.now())
      let isNew = try writing { transaction throws(StoreError) in
        try transaction.projectPause(project, nowMS: now)
      }
      try reconfigure(project)
      return isNew
    }
  }

  /// Lets the runs of a project go on: delays that came due meanwhile, and runs that were accepted.
  ///
  /// - Returns: false when it was not paused.
  /// - Throws: `HostError`, code `unknown_project`.
  public func resumeProject(_ name: String) throws(HostError) -> Bool {
    try change { () throws(HostError) -> Bool in
      let project = try self.project(named: name)
      let wasPaused = try writing { transaction throws(StoreError) in
        try transaction.projectResume(project)
      }
      try reconfigure(project)
      return wasPaused
    }
  }

  /// Since when a project is paused; nil while its runs go on. **Unit** milliseconds since 1970.
  public func pausedAt(_ name: String) throws(HostError) -> Int64? {
    try pausedAt(try project(named: name))
  }

  func pausedAt(_ project: ProjectID) throws(HostError) -> Int64? {
    try reading { transaction throws(StoreError) in try transaction.projectPausedAt(project) }
  }

  /// What to say of a run whose project is paused.
  func pauseReport(_ project: ProjectID, since: Int64) -> RunStandingReport {
    RunStandingReport(
      "project_paused",
      "project \(project) is paused since \(Moment(milliseconds: since).iso): jackfield project "
        + "resume \(project)")
  }
}

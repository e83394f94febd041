// SPDX-License-Identifier: Apache-2.0
// Why a run is not moving, and until when.
import Calendar
import Engine
import Pipeline
import Store
import Synchronization
import Values

/// How an unfinished run stands.
public struct RunStandingReport: Sendable {
  /// A stable word: `delay`, `message`, `news`, `children`, `rate`, `lock`, `breaker`, `retry`, `fifo`,
  /// `calling`, `no_host` …
  public let reason: String
  public let message: String
  /// When this is over at the latest, where it is known. **Unit**: milliseconds since 1970.
  public let until: Int64?
  public let value: JSONValue

  init(_ reason: String, _ message: String, until: Int64? = nil, more: JSONObject = [:]) {
    self.reason = reason
    self.message = message
    self.until = until
    var value: JSONObject = ["reason": .text(reason), "message": .text(message)]
    if let until { value["until"] = .text(Moment(milliseconds: until).iso) }
    for member in more { value[member.name] = member.value }
    self.value = .object(value)
  }

  init(_ standing: Standing) {
    reason = standing.reason.rawValue
    message = standing.words
    until = standing.until
    value = standing.value
  }
}

extension Host {
  /// Why a run is not moving; nil for one that has ended.
  ///
  /// - Throws: `HostError`, code `unknown_run`.
  public func explainRun(_ id: Int64) throws(HostError) -> RunStandingReport? {
    let row = try runRow(RunID(id))
    guard row.finishedAt == nil else { return nil }
    if let standing = standing(inMemory: row.id) { return RunStandingReport(standing) }
    if let reason = runtime?.ask({ [runtime] in runtime?.scheduler.unreadable[row.id] }) ?? nil {
      return RunStandingReport(
        "unreadable",
        "it cannot be read back and stays where it is (\(reason)): jackfield runs cancel \(id) "
          + "ends it, jackfield doctor looks over the folder")
    }
    let paused = try pausedAt(row.project)
    if row.state == .waiting {
      guard let paused, row.dueAt ?? .max <= Host.now() else { return try waiting(row) }
      return pauseReport(row.project, since: paused)
    }
    if let paused { return pauseReport(row.project, since: paused) }
    guard isRunning else {
      return RunStandingReport(
        "no_host", "no host is running on this data folder: jackfield serve goes on with it")
    }
    return RunStandingReport("moving", "it is moving, or waits on disk for room among the others")
  }

  func runRow(_ id: RunID) throws(HostError) -> RunRow {
    let row = try reading { transaction throws(StoreError) in try transaction.runGet(id) }
    guard let row else {
      throw HostError("unknown_run", "no run \(id) here: jackfield runs list shows those there are")
    }
    return row
  }

  /// A point in time as a person types it, in the project's zone where it names none.
  public func time(_ text: String, project: String) -> Int64? {
    guard let document = try? projectDocument(ProjectID(rawValue: project)) else { return nil }
    return Moment(text: text, zone: zone(of: document))?.milliseconds
  }

  private func standing(inMemory id: RunID) -> Standing? {
    guard let runtime else { return nil }
    let answered = Signal()
    let found = Mutex<Standing?>(nil)
    runtime.loop.post {
      let standing = runtime.scheduler.explain(id)
      found.withLock { $0 = standing }
      answered.give()
    }
    _ = answered.wait(seconds: 10)
    return found.withLock { $0 }
  }

  private func waiting(_ row: RunRow) throws(HostError) -> RunStandingReport {
    guard let wait = row.wait else { return RunStandingReport("waiting", "it waits") }
    let until = row.dueAt
    let time = until.map { " until \(Moment(milliseconds: $0).iso)" } ?? ""
    let late = until.map { $0 <= Host.now() } ?? false
    let note = late && !isRunning ? "; its time has come, and no host is running" : ""
    switch wait.kind {
    case .delay:
      var more = JSONObject()
      if !wait.identifiers.isEmpty {
        more["identifiers"] = .list(wait.identifiers.map { .text($0) })
      }
      return RunStandingReport(
        "delay", "the delay \(wait.component) waits\(time)\(note)", until: until, more: more)
    case .message:
      return RunStandingReport(
        "message",
        "\(wait.component) waits for a message of contact \(wait.contact ?? "")\(time)\(note)",
        until: until)
    case .news:
      let told = try reading { transaction throws(StoreError) in
        try transaction.newsTold(row.id, key: wait.key ?? "").count
      }
      let count = wait.count == 1 ? "news" : "news of \(wait.count) targets, \(told) told,"
      return RunStandingReport(
        "news", "\(wait.component) waits for \(count) of what it sent\(time)\(note)", until: until,
        more: ["key": .text(wait.key ?? ""), "told": .integer(Int64(told))])
    case .children:
      let groups = try reading { transaction throws(StoreError) in
        try transaction.childGroups(row.id)
      }
      let open = groups.reduce(0) { $0 + $1.open }
      let count = groups.reduce(0) { $0 + $1.count }
      return RunStandingReport(
        "children", "\(open) of the \(count) runs of its elements have not ended",
        more: ["open": .integer(Int64(open)), "count": .integer(Int64(count))])
    }
  }
}

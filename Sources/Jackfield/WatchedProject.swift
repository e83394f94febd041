// SPDX-License-Identifier: Apache-2.0
// What somebody wants to be told of a project, and what a look finds of it.
import Calendar
import Engine
import Pipeline
import Scheduler
import Store
import Values

/// What is watched of one project.
struct WatchedProject: Sendable {
  /// A connector that tells of runs that stand still.
  struct Connector: Sendable {
    let id: ConnectorID
    let name: ConnectorName
    let alert: ConnectorAlert
  }

  var connectors: [Connector] = []
  /// Whom the project tells of its queue and its breakers.
  var alert: ProjectAlert?
  /// The connector that mails the project's alerts; what is the host's own is counted by it.
  var mailer: ConnectorID?

  /// After how long somebody wants to be told at the soonest; nil when nobody does.
  var shortest: Duration? {
    let queue = alert.flatMap { $0.on.contains(.queueOld) ? $0.queueAfter : nil }
    return (connectors.map(\.alert.waitingAfter) + [queue].compactMap { $0 }).min()
  }

  /// - Parameter before: when was looked before; nil for the first look, which takes all it finds
  ///   for known. **Unit** milliseconds since 1970.
  func look(
    _ project: ProjectID, _ transaction: some StoreReading, nowMS: Int64, before: Int64?
  ) throws(StoreError) -> [WatchedAlert] {
    func since(_ after: Duration) -> StandingSince {
      let latest = nowMS - after.milliseconds
      return StandingSince(latest: latest, known: before.map { $0 - after.milliseconds } ?? latest)
    }
    var found: [WatchedAlert] = []
    for connector in connectors {
      let alert = connector.alert
      let runs = try transaction.runsStanding(connector.id, since(alert.waitingAfter))
      guard let first = runs.first else { continue }
      found.append(
        WatchedAlert(
          connector: connector.id, name: "run_waiting", count: runs.fresh,
          mail: AlertMail(
            to: alert.to, channel: alert.channel, subject: "runs of \(connector.name) stand still",
            message: Self.message(
              runs, first, "of \(connector.name) could go on and", alert.waitingAfter),
            every: AlertOrder.everyRun)))
    }
    guard let alert, alert.on.contains(.queueOld), let mailer else { return found }
    var queued = StandingRuns()
    for (connector, owner) in try transaction.connectorsWithActiveRuns() where owner == project {
      queued.add(try transaction.runsQueued(connector, since(alert.queueAfter)))
    }
    guard let first = queued.first else { return found }
    found.append(
      WatchedAlert(
        connector: mailer, name: AlertWatch.queueName, count: queued.fresh,
        mail: AlertMail(
          to: alert.to, channel: alert.channel, subject: "the queue of \(project) is old",
          message: Self.message(queued, first, "of \(project) are ready and", alert.queueAfter)
            + "\njackfield status --project \(project)",
          every: AlertOrder.everyRun)))
    return found
  }

  private static func message(
    _ runs: StandingRuns, _ first: StandingRuns.First, _ whose: String, _ after: Duration
  ) -> String {
    "\(runs.count) run\(runs.count == 1 ? "" : "s") \(whose) have not moved for "
      + "\(DurationText.text(after)); the first is run \(first.run), since "
      + "\(Moment(milliseconds: first.since).iso)\n\njackfield runs explain \(first.run)"
  }
}

/// An alert that a look found.
struct WatchedAlert: Sendable {
  let connector: ConnectorID
  /// What the throttle counts by.
  let name: String
  /// How many it stands for that no look found before.
  let count: Int64
  let mail: AlertMail

  func raise(_ transaction: WriteTransaction, nowMS: Int64) throws(StoreError) {
    let verdict = try transaction.alertRaise(
      connector, name, everyMS: mail.every.milliseconds, count: count, nowMS: nowMS)
    guard case .send(let heldBack) = verdict else { return }
    _ = try transaction.alertMailPut(
      connector, name, mail: mail.value(heldBack: heldBack).json, nowMS: nowMS)
  }
}

extension Host {
  /// What is to be watched of a project.
  func watched(
    of project: ProjectID, _ document: ProjectDocument, mailer: ConnectorID?
  ) throws(HostError) -> WatchedProject {
    let library = library
    return try reading { transaction throws(StoreError) in
      var watched = WatchedProject(alert: document.alert, mailer: mailer)
      for row in try transaction.connectorList(project) {
        guard
          let connector = try? library.connector(row.id, version: row.version, in: transaction),
          let alert = connector.options.alert, alert.on.contains(.runWaiting)
        else { continue }
        watched.connectors.append(
          WatchedProject.Connector(id: row.id, name: row.name, alert: alert))
      }
      return watched
    }
  }
}

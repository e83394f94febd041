// SPDX-License-Identifier: Apache-2.0
// Alerts as people look at them, and let the next one out.
import Calendar
import Pipeline
import Store
import Values

extension Host {
  /// The alerts of a project's connectors and the host's own about it: the last of each, and the
  /// mails that wait to go out. The host's own have the connector `(host)`.
  ///
  /// **Shape** `{alerts: [{connector, component, sent_at, held, last_held_at?}], mails:
  /// [{connector, component, raised_at, next_try_at, attempts, error?}]}`.
  ///
  /// - Throws: `HostError`, codes `unknown_project`, `unknown_connector`.
  public func alerts(project: String, connector: String? = nil) throws(HostError) -> JSONValue {
    let meant = try alerting(project: project, connector: connector)
    let (rows, mails) = try reading { transaction throws(StoreError) in
      (
        try transaction.alertList(),
        try transaction.alertMailDue(nowMS: .max, limit: StoreLimits.runPage).mails
      )
    }
    return [
      "alerts": .list(
        rows.compactMap { row in meant[row.connector].map { row.value(of: $0) } }),
      "mails": .list(
        mails.compactMap { mail in meant[mail.connector].map { mail.value(of: $0) } }),
    ]
  }

  /// Lets the next alert of a connector, or of all of a project with the host's own about it, go
  /// out at once.
  ///
  /// - Returns: how many had been sent, and held others back.
  public func resetAlerts(project: String, connector: String? = nil) throws(HostError) -> Int {
    let meant = try alerting(project: project, connector: connector).keys.sorted()
    return try writing { transaction throws(StoreError) in
      var count = 0
      for connector in meant { count += try transaction.alertReset(connector) }
      return count
    }
  }

  private func alerting(
    project name: String, connector: String?
  ) throws(HostError) -> [ConnectorID: String] {
    let project = try self.project(named: name)
    if let connector {
      let row = try self.connector(named: connector, in: project)
      return [row.id: row.name.rawValue]
    }
    return try reading { transaction throws(StoreError) in
      var meant: [ConnectorID: String] = [:]
      for row in try transaction.connectorList(project) { meant[row.id] = row.name.rawValue }
      let mailer = ConnectorName(rawValue: Host.alertName)
      if let row = try transaction.connectorDraft(project, mailer) { meant[row.id] = "(host)" }
      return meant
    }
  }
}

extension AlertRow {
  fileprivate func value(of connector: String) -> JSONValue {
    var value: JSONObject = [
      "connector": .text(connector), "component": .text(component),
      "sent_at": .text(Moment(milliseconds: sentAt).iso), "held": .integer(held),
    ]
    if let lastHeldAt { value["last_held_at"] = .text(Moment(milliseconds: lastHeldAt).iso) }
    return .object(value)
  }
}

extension AlertMailRow {
  fileprivate func value(of connector: String) -> JSONValue {
    var value: JSONObject = [
      "connector": .text(connector), "component": .text(component),
      "raised_at": .text(Moment(milliseconds: raisedAt).iso),
      "next_try_at": .text(Moment(milliseconds: dueAt).iso), "attempts": .integer(Int64(attempts)),
    ]
    if let error { value["error"] = .text(error) }
    return .object(value)
  }
}

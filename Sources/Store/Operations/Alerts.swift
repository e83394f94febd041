// SPDX-License-Identifier: Apache-2.0
// Alerts: at most one within its time, and none is lost because its mail could not go out.

import Pipeline

extension WriteTransaction {
  /// Whether an alert may go out now; one that may not is counted. Time that went backwards lets
  /// it go out rather than hold it for years.
  ///
  /// - Parameter count: how many it stands for; 0 asks again about what was counted before.
  package func alertRaise(
    _ connector: ConnectorID, _ component: String, everyMS: Int64, count: Int64 = 1, nowMS: Int64
  ) throws(StoreError) -> AlertVerdict {
    try StoreLimits.check(component, "the name of an alert")
    let before = try alertGet(connector, component)
    if let before, before.sentAt <= nowMS, nowMS - before.sentAt < everyMS {
      guard count > 0 else { return .held }
      try database.statement(
        """
        UPDATE alert SET held = held + ?, last_held_at = ? WHERE connector = ? AND component = ?
        """
      ).bind(count).bind(nowMS).bind(connector.rawValue).bind(component).run()
      return .held
    }
    try database.statement(
      """
      INSERT INTO alert (connector, component, sent_at, held) VALUES (?, ?, ?, 0)
      ON CONFLICT (connector, component) DO UPDATE SET sent_at = excluded.sent_at, held = 0,
        last_held_at = NULL
      """
    ).bind(connector.rawValue).bind(component).bind(nowMS).run()
    return .send(heldBack: before?.held ?? 0)
  }

  /// Lets the next alert go out at once: of one component, of a connector, or all.
  ///
  /// **Shape** how many were reset
  package func alertReset(
    _ connector: ConnectorID? = nil, _ component: String? = nil
  ) throws(StoreError) -> Int {
    try database.statement(
      """
      DELETE FROM alert WHERE (?1 IS NULL OR connector = ?1) AND (?2 IS NULL OR component = ?2)
      """
    ).bind(connector?.rawValue).bind(component).run()
  }

  /// Keeps a mail until it has gone out.
  ///
  /// **Throws** `too_large`
  package func alertMailPut(
    _ connector: ConnectorID, _ component: String, mail: String, nowMS: Int64
  ) throws(StoreError) -> Int64 {
    try StoreLimits.check(component, "the name of an alert")
    guard mail.utf8.count <= StoreLimits.exchangeBytes else {
      throw StoreError(
        .tooLarge,
        "the mail of an alert has \(mail.utf8.count) bytes, the most is "
          + "\(StoreLimits.exchangeBytes): say less in it")
    }
    try database.statement(
      """
      INSERT INTO alert_mail (connector, component, mail, attempts, raised_at, due_at)
      VALUES (?, ?, ?, 0, ?, ?)
      """
    ).bind(connector.rawValue).bind(component).bind(mail).bind(nowMS).bind(nowMS).run()
    return database.lastRowID
  }

  /// The mail went out, or nobody wants it any more.
  package func alertMailRemove(_ id: Int64) throws(StoreError) {
    try database.statement("DELETE FROM alert_mail WHERE id = ?").bind(id).run()
  }

  /// The mail did not go out: it is tried again later.
  package func alertMailFailed(_ id: Int64, error: String, due: Int64) throws(StoreError) {
    try database.statement(
      "UPDATE alert_mail SET attempts = attempts + 1, error = ?, due_at = ? WHERE id = ?"
    ).bind(String(error.prefix(StoreLimits.identifierBytes))).bind(due).bind(id).run()
  }

  /// The mail was not tried, and is looked at again later.
  package func alertMailPostpone(
    _ id: Int64, reason: String, due: Int64
  ) throws(StoreError) {
    try database.statement("UPDATE alert_mail SET error = ?, due_at = ? WHERE id = ?")
      .bind(String(reason.prefix(StoreLimits.identifierBytes))).bind(due).bind(id).run()
  }
}

extension StoreReading {
  func alertGet(
    _ connector: ConnectorID, _ component: String
  ) throws(StoreError) -> AlertRow? {
    try database.statement(
      """
      SELECT connector, component, sent_at, held, last_held_at FROM alert
      WHERE connector = ? AND component = ?
      """
    ).bind(connector.rawValue).bind(component)
      .first { row throws(StoreError) in AlertRow(row) }
  }

  /// The alerts there were, by connector and component.
  package func alertList(_ connector: ConnectorID? = nil) throws(StoreError) -> [AlertRow] {
    try database.statement(
      """
      SELECT connector, component, sent_at, held, last_held_at FROM alert
      WHERE ?1 IS NULL OR connector = ?1 ORDER BY connector, component
      """
    ).bind(connector?.rawValue).all { row throws(StoreError) in AlertRow(row) }
  }

  /// Mails to be tried: due means `due_at <= now`. All that are kept, with `Int64.max`.
  package func alertMailDue(
    nowMS: Int64, limit: Int = 100
  ) throws(StoreError) -> (mails: [AlertMailRow], next: Int64?) {
    let rows = try database.statement(
      """
      SELECT id, connector, component, mail, attempts, error, raised_at, due_at FROM alert_mail
      ORDER BY due_at, id LIMIT ?
      """
    ).bind(Int64(min(max(limit, 0), StoreLimits.runPage)) + 1)
      .all { row throws(StoreError) in AlertMailRow(row) }
    let due = rows.prefix { $0.dueAt <= nowMS }.prefix(max(limit, 0))
    return (Array(due), due.count < rows.count ? rows[due.count].dueAt : nil)
  }
}

extension AlertRow {
  fileprivate init(_ row: Statement) {
    self.init(
      connector: ConnectorID(row.integer(0)), component: row.text(1), sentAt: row.integer(2),
      held: row.integer(3), lastHeldAt: row.integerOrNil(4))
  }
}

extension AlertMailRow {
  fileprivate init(_ row: Statement) {
    self.init(
      id: row.integer(0), connector: ConnectorID(row.integer(1)), component: row.text(2),
      mail: row.text(3), attempts: Int(row.integer(4)), error: row.textOrNil(5),
      raisedAt: row.integer(6), dueAt: row.integer(7))
  }
}

// SPDX-License-Identifier: Apache-2.0
// The last exchanges of each action, and the shapes of their answers.

import Pipeline

extension WriteTransaction {
  /// Keeps an exchange, and only the last twenty of its action.
  ///
  /// **Throws** `too_large` for a head over 64 KiB
  package func exchangePut(_ row: ExchangeRow) throws(StoreError) {
    guard row.head.utf8.count <= StoreLimits.exchangeBytes else {
      throw StoreError(
        .tooLarge,
        "the headers of an exchange have \(row.head.utf8.count) bytes, the most that is kept is "
          + "\(StoreLimits.exchangeBytes): keep fewer of them")
    }
    try database.statement(
      """
      INSERT INTO exchange (connector, component, run, status, head, request, request_size,
        response, response_size, started_at, duration_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).bind(row.connector.rawValue).bind(row.component).bind(row.run.rawValue)
      .bind(row.status.map { Int64($0) }).bind(row.head).bind(row.request)
      .bind(Int64(row.requestSize)).bind(row.response).bind(Int64(row.responseSize))
      .bind(row.startedAt).bind(row.durationMS).run()
    try database.statement(
      """
      DELETE FROM exchange WHERE connector = ?1 AND component = ?2 AND id <= (
        SELECT id FROM exchange WHERE connector = ?1 AND component = ?2
        ORDER BY id DESC LIMIT 1 OFFSET ?3)
      """
    ).bind(row.connector.rawValue).bind(row.component).bind(StoreLimits.exchanges).run()
  }

  /// Learns the shape of an action's answer, in the place of what was learned before.
  package func shapePut(
    _ connector: ConnectorID, _ component: String, shape: String, nowMS: Int64
  ) throws(StoreError) {
    try shapeCheck(shape)
    try database.statement(
      """
      INSERT INTO shape (connector, component, shape, learned_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (connector, component) DO UPDATE SET shape = excluded.shape,
        learned_at = excluded.learned_at, changed = NULL, changed_at = NULL
      """
    ).bind(connector.rawValue).bind(component).bind(shape).bind(nowMS).run()
  }

  /// Remembers that an answer had another shape than the one learned, for a person to accept.
  ///
  /// **Shape** false if it is remembered already, or none was learned
  package func shapeChange(
    _ connector: ConnectorID, _ component: String, shape: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    try shapeCheck(shape)
    return try database.statement(
      """
      UPDATE shape SET changed = ?1, changed_at = ?2
      WHERE connector = ?3 AND component = ?4 AND changed IS NOT ?1 AND shape IS NOT ?1
      """
    ).bind(shape).bind(nowMS).bind(connector.rawValue).bind(component).run() > 0
  }

  /// Takes the changed shape as the one that holds.
  ///
  /// **Shape** false if nothing has changed
  package func shapeAccept(
    _ connector: ConnectorID, _ component: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    try database.statement(
      """
      UPDATE shape SET shape = changed, learned_at = ?, changed = NULL, changed_at = NULL
      WHERE connector = ? AND component = ? AND changed IS NOT NULL
      """
    ).bind(nowMS).bind(connector.rawValue).bind(component).run() > 0
  }

  private func shapeCheck(_ shape: String) throws(StoreError) {
    guard shape.utf8.count <= StoreLimits.exchangeBytes else {
      throw StoreError(
        .tooLarge,
        "the shape of an answer has \(shape.utf8.count) bytes, the most is "
          + "\(StoreLimits.exchangeBytes): it is not learned")
    }
  }
}

extension StoreReading {
  /// The last exchanges of a connector, or of one of its actions, newest first.
  package func exchangeList(
    _ connector: ConnectorID, component: String? = nil, limit: Int = 20
  ) throws(StoreError) -> [ExchangeRow] {
    try database.statement(
      composed: """
        SELECT id, connector, component, run, status, head, request, request_size, response,
          response_size, started_at, duration_ms
        FROM exchange WHERE connector = ?1 \(component == nil ? "" : "AND component = ?2")
        ORDER BY id DESC LIMIT ?3
        """
    ).bind(connector.rawValue).bind(component)
      .bind(Int64(min(max(limit, 0), StoreLimits.runPage)))
      .all { row throws(StoreError) in ExchangeRow(row) }
  }

  package func shapeGet(
    _ connector: ConnectorID, _ component: String
  ) throws(StoreError) -> ShapeRow? {
    try shapes(connector, component).first
  }

  /// What was learned of a connector's actions, by component.
  package func shapeList(_ connector: ConnectorID) throws(StoreError) -> [ShapeRow] {
    try shapes(connector, nil)
  }

  private func shapes(
    _ connector: ConnectorID, _ component: String?
  ) throws(StoreError) -> [ShapeRow] {
    try database.statement(
      composed: """
        SELECT component, shape, learned_at, changed, changed_at FROM shape
        WHERE connector = ?1 \(component == nil ? "" : "AND component = ?2") ORDER BY component
        """
    ).bind(connector.rawValue).bind(component).all { row throws(StoreError) in
      ShapeRow(
        connector: connector, component: row.text(0), shape: row.text(1),
        learnedAt: row.integer(2), changed: row.textOrNil(3), changedAt: row.integerOrNil(4))
    }
  }
}

extension ExchangeRow {
  fileprivate init(_ row: Statement) {
    self.init(
      connector: ConnectorID(row.integer(1)), component: row.text(2), run: RunID(row.integer(3)),
      status: row.integerOrNil(4).map { Int($0) }, head: row.text(5), request: row.bytes(6),
      response: row.bytes(8), startedAt: row.integer(10), durationMS: row.integer(11))
    id = row.integer(0)
    requestSize = Int(row.integer(7))
    responseSize = Int(row.integer(9))
  }
}

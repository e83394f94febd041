// SPDX-License-Identifier: Apache-2.0
// Statistics per step.

import Pipeline

extension WriteTransaction {
  /// Adds to the statistics of a step, in the transaction of what it counts: written at the end of
  /// the batch, and only if the body stands. A body does not read what its batch adds.
  package func stepCount(_ connector: ConnectorID, _ step: String, _ counts: StepCounts) {
    guard counts != StepCounts() else { return }
    database.counts.add(counts, to: GatheredCounts.Place(connector: connector, step: step))
  }

  /// Writes what the bodies of the batch have counted.
  func stepCountsWrite() throws(StoreError) {
    for sum in database.counts.sums { try write(sum.counts, sum.place) }
    database.counts.removeAll()
  }

  private func write(
    _ counts: StepCounts, _ place: GatheredCounts.Place
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT INTO step_count
        (connector, step, entered, passed, filtered, waiting, cancelled, succeeded, failed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (connector, step) DO UPDATE SET entered = entered + excluded.entered,
        passed = passed + excluded.passed, filtered = filtered + excluded.filtered,
        waiting = waiting + excluded.waiting, cancelled = cancelled + excluded.cancelled,
        succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed
      """
    ).bind(place.connector.rawValue).bind(place.step).bind(counts.entered).bind(counts.passed)
      .bind(counts.filtered).bind(counts.waiting).bind(counts.cancelled).bind(counts.succeeded)
      .bind(counts.failed).run()
  }
}

extension StoreReading {
  /// The statistics of a connector's steps, by step id.
  package func stepCounts(
    _ connector: ConnectorID
  ) throws(StoreError) -> [(step: String, counts: StepCounts)] {
    try database.statement(
      """
      SELECT step, entered, passed, filtered, waiting, cancelled, succeeded, failed
      FROM step_count WHERE connector = ? ORDER BY step
      """
    ).bind(connector.rawValue).all { row throws(StoreError) in
      (
        row.text(0),
        StepCounts(
          entered: row.integer(1), passed: row.integer(2), filtered: row.integer(3),
          waiting: row.integer(4), cancelled: row.integer(5), succeeded: row.integer(6),
          failed: row.integer(7))
      )
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// What is told of what runs sent, and the runs that wait for it.

import Pipeline

extension WriteTransaction {
  /// Keeps what was told of an attempt; of a target the latest counts. Who waits for it may come
  /// later.
  ///
  /// **Shape** false where the run has more kept than it may have
  /// **Throws** `too_large`
  package func newsPut(
    _ run: RunID, key: String, target: String, news: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    try StoreLimits.check(key, "the key of news")
    try StoreLimits.check(target, "the target of news")
    let kept = try database.statement("SELECT count(*) FROM news WHERE run = ?")
      .bind(run.rawValue).first { row throws(StoreError) in row.integer(0) } ?? 0
    guard kept < StoreLimits.newsPerRun else { return false }
    try database.statement(
      """
      DELETE FROM news WHERE (run, key, target) IN (
        SELECT run, key, target FROM news WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
      """
    ).bind(nowMS).bind(StoreLimits.dedupePurge).run()
    try database.statement(
      "INSERT OR REPLACE INTO news (run, key, target, news, expires_at) VALUES (?, ?, ?, ?, ?)"
    ).bind(run.rawValue).bind(key).bind(target).bind(news).bind(nowMS + StoreLimits.newsMS).run()
    return true
  }

  /// Makes a run due that waits for news, where all of them have been told.
  ///
  /// **Shape** false if it waits for none, or for more
  package func newsWake(_ run: RunID, nowMS: Int64) throws(StoreError) -> Bool {
    guard let wait = try runGet(run)?.wait, wait.kind == .news, let key = wait.key,
      try newsTold(run, key: key).count >= wait.count
    else { return false }
    return try database.statement(
      """
      UPDATE run SET due_at = 0, wake = 'news', sequence = sequence + 1, updated_at = ?
      WHERE id = ? AND state = 'waiting' AND wait_kind = 'news' AND wake IS NULL
      """
    ).bind(nowMS).bind(run.rawValue).run() > 0
  }
}

extension StoreReading {
  /// What was told of an attempt, by target.
  package func newsTold(
    _ run: RunID, key: String
  ) throws(StoreError) -> [(target: String, news: String)] {
    try database.statement(
      "SELECT target, news FROM news WHERE run = ? AND key = ? ORDER BY target"
    ).bind(run.rawValue).bind(key)
      .all { row throws(StoreError) in (row.text(0), row.text(1)) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// How SQLite goes about the statements, for tests that watch over it.

import CSQLite

/// One statement that a connection keeps, and what it costs.
package struct QueryPlan: Sendable {
  package let sql: String
  /// `SEARCH run USING INDEX run_due (due_at>?)` …
  package let steps: [String]
  /// Tables and indexes it opens for writing.
  package let writes: Int
}

extension StoreReading {
  /// The plans of every statement this connection has prepared since it was opened. An index that
  /// is missing shows as a `SCAN`, long before there are enough rows to feel it.
  package func queryPlans() throws(StoreError) -> [QueryPlan] {
    var texts: [String] = []
    var statement = sqlite3_next_stmt(database.handle, nil)
    while let found = statement {
      if let text = sqlite3_sql(found) { texts.append(String(cString: text)) }
      statement = sqlite3_next_stmt(database.handle, found)
    }
    var plans: [QueryPlan] = []
    for text in texts {
      let first = text.prefix { !$0.isWhitespace }
      guard ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(first) else { continue }
      let steps = try database.statement(composed: "EXPLAIN QUERY PLAN " + text)
        .all { row throws(StoreError) in row.text(3) }
      let opened = try database.statement(composed: "EXPLAIN " + text)
        .all { row throws(StoreError) in row.text(1) }
      plans.append(
        QueryPlan(sql: text, steps: steps, writes: opened.count { $0 == "OpenWrite" }))
    }
    return plans
  }
}

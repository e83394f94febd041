// SPDX-License-Identifier: Apache-2.0
// What the engine remembers from one start to the next.

extension WriteTransaction {
  /// Keeps a part of the engine's state, such as its buckets and breakers.
  ///
  /// **Throws** `too_large`
  package func engineStatePut(
    _ name: String, state: String, nowMS: Int64
  ) throws(StoreError) {
    guard state.utf8.count <= StoreLimits.engineStateBytes else {
      throw StoreError(
        .tooLarge,
        "the state \(name) of the engine has \(state.utf8.count) bytes, the most is "
          + "\(StoreLimits.engineStateBytes): it begins anew at the next start")
    }
    try database.statement(
      """
      INSERT INTO engine_state (name, state, updated_at) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at
      """
    ).bind(name).bind(state).bind(nowMS).run()
  }
}

extension StoreReading {
  /// **Shape** JSON text
  package func engineStateGet(_ name: String) throws(StoreError) -> String? {
    try database.statement("SELECT state FROM engine_state WHERE name = ?")
      .bind(name).first { row throws(StoreError) in row.text(0) }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Whether a run's event holds what a search asks for.

import Pipeline

/// The conditions of one search on events, in the hot table or in a segment's.
struct EventMatch {
  private let main: Database
  private let values: [SearchValue]
  /// Nothing is asked of the event.
  private let isEmpty: Bool
  private let sql: String
  /// The segment that was read last: a walk meets its runs one after the other.
  private var segment: (name: String, file: SegmentFile?)?

  init(_ conditions: [EventCondition], _ main: Database) {
    self.main = main
    isEmpty = conditions.isEmpty
    var text = "SELECT json_valid(body)"
    var values: [SearchValue] = []
    for condition in conditions {
      text += " AND " + EventMatch.term
      let (path, equal, number) = (
        SearchValue.text(condition.path), SearchValue.text(condition.text),
        SearchValue.text(condition.number)
      )
      values += [path, path, equal, path, number, path, number, equal, equal, equal]
    }
    sql = text + " FROM event WHERE run = ?"
    self.values = values
  }

  private static let term = """
    CASE json_type(body, ?)
      WHEN 'text' THEN json_extract(body, ?) = ?
      WHEN 'integer' THEN json_extract(body, ?) = CAST(? AS NUMERIC)
      WHEN 'real' THEN json_extract(body, ?) = CAST(? AS NUMERIC)
      WHEN 'true' THEN ? = 'true' WHEN 'false' THEN ? = 'false' WHEN 'null' THEN ? = 'null' END
    """

  /// `owner` is the run whose event it is: the parent, for a child.
  mutating func holds(for owner: RunID, _ reading: some StoreReading) throws(StoreError) -> Bool {
    if isEmpty { return true }
    if let verdict = try ask(main, owner) { return verdict }
    guard let name = try reading.runSegment(owner) else { return false }
    if segment?.name != name { segment = (name, try SegmentFile.find(name, beside: main)) }
    guard let file = segment?.file else { return false }
    return try ask(file.database, owner) ?? false
  }

  /// nil where the event is not in this database.
  private func ask(_ database: Database, _ owner: RunID) throws(StoreError) -> Bool? {
    let statement = try database.statement(composed: sql)
    for value in values { value.bind(to: statement) }
    return try statement.bind(owner.rawValue).first { row throws(StoreError) in row.boolean(0) }
  }
}

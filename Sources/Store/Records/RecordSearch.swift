// SPDX-License-Identifier: Apache-2.0
// Answering a query: narrow by an index, filter, sort, cut the page.

import Calendar
import Pipeline
import Values

/// One query under way.
///
/// In the order of creation it streams and stops at the page's end. Sorted, it keeps a key and an
/// id for each match and reads the page's records again: a document may have 64 KiB, a key has not.
struct RecordSearch {
  let database: Database
  let project: ProjectID
  let schema: RecordSchema
  let query: RecordQuery

  func run() throws(StoreError) -> RecordPage {
    guard let sort = query.sort, sort != "id" else { return try inOrder() }
    return try sorted(by: sort)
  }

  // MARK: The two ways

  private func inOrder() throws(StoreError) -> RecordPage {
    var page = RecordPage(records: [])
    var matches = 0
    // Without a filter the rest is only counted, which SQLite does without reading documents.
    let countsAll = query.wantsTotal && !query.filter.isEmpty
    try eachMatch { row throws(StoreError) in
      matches += 1
      if matches > query.offset && page.records.count < query.limit { page.records.append(row) }
      return countsAll || page.records.count < query.limit
    }
    if query.wantsTotal { page.total = countsAll ? Int64(matches) : try countAll() }
    return page
  }

  private func sorted(by field: String) throws(StoreError) -> RecordPage {
    var found: [(key: SortKey, id: RecordID)] = []
    try eachMatch { row throws(StoreError) in
      found.append((key(of: field, row), row.id))
      return true
    }
    found.sort { left, right in
      let result = left.key.compare(right.key)
      let isBefore = result == 0 ? left.id < right.id : result < 0
      return isBefore != query.isDescending
    }
    var page = RecordPage(records: [], total: query.wantsTotal ? Int64(found.count) : nil)
    for match in found.dropFirst(query.offset).prefix(query.limit) {
      let row = try ReadTransaction(database: database).recordGet(
        project, collection: schema.name, id: match.id)
      if let row { page.records.append(row) }
    }
    return page
  }

  private func key(of field: String, _ row: RecordRow) -> SortKey {
    switch field {
    case "created_at": .number(Double(row.createdAt), exact: row.createdAt)
    case "updated_at": .number(Double(row.updatedAt), exact: row.updatedAt)
    case "version": .number(Double(row.version), exact: row.version)
    default: SortKey(RecordFilter.resolve(field, in: .object(row.fields)))
    }
  }

  // MARK: Matching

  private func eachMatch(
    _ body: (RecordRow) throws(StoreError) -> Bool
  ) throws(StoreError) {
    let isAscending = query.sort != nil && query.sort != "id" || !query.isDescending
    try candidates(isAscending).each { statement throws(StoreError) in
      let row = try RecordRow(statement)
      return try matches(row) ? body(row) : true
    }
  }

  private func matches(_ row: RecordRow) -> Bool {
    if query.filter.isEmpty { return true }
    let fields = JSONValue.object(row.fields)
    return query.filter.evaluate(zone: query.zone) { field in
      switch field {
      case "id": .text(row.id.text)
      case "version": .integer(row.version)
      case "created_at": .text(Moment(milliseconds: row.createdAt).iso)
      case "updated_at": .text(Moment(milliseconds: row.updatedAt).iso)
      default: RecordFilter.resolve(field, in: fields)
      }
    }
  }

  /// The rows that may match, in the order of their ids.
  private func candidates(_ isAscending: Bool) throws(StoreError) -> Statement {
    let order = isAscending ? "ASC" : "DESC"
    if let id = wantedID {
      return try database.statement(
        composed: """
          SELECT \(RecordRow.columns) FROM record
          WHERE project = ? AND collection = ? AND id = ?
          """
      ).bind(project.rawValue).bind(schema.name).bind(id.rawValue)
    }
    if let (field, value) = try narrowest() {
      return try database.statement(
        composed: """
          SELECT \(RecordRow.columns) FROM record_index CROSS JOIN record
          ON record.id = record_index.record
          WHERE record_index.project = ? AND record_index.collection = ?
            AND record_index.field = ? AND record_index.value = ?
          ORDER BY record_index.record \(order)
          """
      ).bind(project.rawValue).bind(schema.name).bind(field).bind(value)
    }
    return try database.statement(
      composed: """
        SELECT \(RecordRow.columns) FROM record WHERE project = ? AND collection = ?
        ORDER BY id \(order)
        """
    ).bind(project.rawValue).bind(schema.name)
  }

  private func countAll() throws(StoreError) -> Int64 {
    try database.statement("SELECT count(*) FROM record WHERE project = ? AND collection = ?")
      .bind(project.rawValue).bind(schema.name)
      .first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  // MARK: Narrowing

  /// The one id the filter asks for.
  private var wantedID: RecordID? {
    query.filter.equalities.lazy.filter { $0.field == "id" }
      .compactMap { $0.value.asText }.compactMap { RecordID(text: $0) }.first
  }

  /// Of the indexed equalities the one with the fewest rows, counted no further than matters.
  private func narrowest() throws(StoreError) -> (field: String, value: String)? {
    let usable = query.filter.equalities.compactMap { indexLookup($0) }
    if usable.count < 2 { return usable.first }
    var best: (lookup: (field: String, value: String), count: Int64)?
    for lookup in usable {
      let count = try indexCount(lookup)
      if count < best?.count ?? .max { best = (lookup, count) }
    }
    return best?.lookup
  }

  private func indexCount(_ lookup: (field: String, value: String)) throws(StoreError) -> Int64 {
    try database.statement(
      """
      SELECT count(*) FROM (SELECT 1 FROM record_index
        WHERE project = ? AND collection = ? AND field = ? AND value = ? LIMIT 1000)
      """
    ).bind(project.rawValue).bind(schema.name).bind(lookup.field).bind(lookup.value)
      .first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  /// The index rows that hold every record of an equality; nil where some might not be there.
  private func indexLookup(_ equality: RecordEquality) -> (field: String, value: String)? {
    guard schema.indexedFields.contains(equality.field) else { return nil }
    switch schema.types[equality.field] {
    case .text, .number, .email, .website, .choice: break
    case nil where !mayMeanMore(equality.value): break
    default: return nil
    }
    // Lists and objects compare as their JSON text, which is not indexed.
    if let first = equality.value.asText?.utf8.first, first == 0x5B || first == 0x7B { return nil }
    if case .boolean = equality.value { return nil }
    return RecordKey.indexKey(equality.value).map { (equality.field, $0) }
  }

  /// Whether an untyped field may equal this by being true or false.
  private func mayMeanMore(_ value: JSONValue) -> Bool {
    switch value {
    case .boolean, .integer(0), .integer(1): true
    case .text(let text): ["true", "false", "yes", "no", "1", "0"].contains(text.lowercased())
    default: false
    }
  }
}

extension StoreReading {
  /// The records of a collection that a query asks for.
  package func recordQuery(
    _ project: ProjectID, _ schema: RecordSchema, _ query: RecordQuery
  ) throws(StoreError) -> RecordPage {
    try RecordSearch(database: database, project: project, schema: schema, query: query).run()
  }
}

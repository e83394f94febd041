// SPDX-License-Identifier: Apache-2.0
// data_storage.find_rows: reads rows back.
import JackfieldBase
import JackfieldPlugin

/// Reads the rows that match, in the order they were made or sorted by a column.
struct FindRows: Action {
  static let id = "data_storage.find_rows"

  struct Parameters: Decodable {
    var storage: String
    var row: TextList?
    var `where`: JSONValue?
    var columns: TextList?
    var limit: Int?
    var offset: Int?
    var sort: String?
    var order: Order?
  }

  enum Order: String, Decodable {
    case ascending = "asc"
    case descending = "desc"
  }

  struct Result: Encodable {
    var rows: [JSONObject]
    var count: Int
    var total: Int
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let storage = try Storage.find(p.storage, call)
    let columns = try columns(p, storage)
    let page = try call.records.query(try query(p, storage), in: "row")
    let rows = page.records.map { Self.shown($0, columns) }
    return Result(rows: rows, count: rows.count, total: page.total ?? rows.count)
  }

  /// The columns asked for; nil is all.
  private func columns(
    _ p: Parameters, _ storage: Storage
  ) throws(ActionError) -> [String]? {
    guard let names = p.columns?.items, !names.isEmpty else { return nil }
    var columns: [String] = []
    for name in names { columns.append(try storage.column(name).name) }
    return columns
  }

  private func query(_ p: Parameters, _ storage: Storage) throws(ActionError) -> RecordQuery {
    var conditions: [RecordCondition] = [.field("storage", equals: storage.id)]
    if let ids = p.row?.items, !ids.isEmpty {
      conditions.append(.field("id", isOneOf: ids))
    }
    if let filter = try RowFilter.translated(p.where, storage) {
      conditions.append(RecordCondition(filter))
    }
    var sort: String?
    if let name = p.sort?.trimmed, !name.isEmpty { sort = try storage.queryField(name) }
    return RecordQuery(
      .all(conditions), sort: sort, isDescending: p.order == .descending, limit: p.limit ?? 100,
      offset: p.offset ?? 0, wantsTotal: true)
  }

  /// A row as results show it; a column that is empty is not there.
  private static func shown(_ record: Record, _ columns: [String]?) -> JSONObject {
    var row: JSONObject = [
      "id": .text(record.id), "created_at": .text(record.createdAt),
      "updated_at": .text(record.updatedAt),
    ]
    let fields = record["fields"]?.asObject ?? JSONObject()
    if let columns {
      for name in columns { if let value = fields[name] { row[name] = value } }
    } else {
      for (name, value) in fields { row[name] = value }
    }
    return row
  }
}

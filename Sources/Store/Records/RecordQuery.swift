// SPDX-License-Identifier: Apache-2.0
// A query over a collection, read and checked.

import Calendar
import Pipeline
import Schema
import Values

/// What is asked of a collection.
///
/// **Source** `records.h` of the ABI: `{where?, sort?, order?, limit?, offset?, total?}`
package struct RecordQuery: Sendable {
  let filter: RecordFilter
  /// The field to sort by; nil for the order of creation.
  let sort: String?
  let isDescending: Bool
  let limit: Int
  let offset: Int
  let wantsTotal: Bool
  /// What dates without a zone are read in.
  let zone: Zone

  /// - Parameter zone: what dates without one are read in
  /// **Throws** `invalid_query` with what is wrong and what may stand there
  package init(
    _ value: JSONValue, of schema: RecordSchema, zone: Zone = .utc
  ) throws(StoreError) {
    self.zone = zone
    guard case .object(let object) = value else {
      throw RecordQuery.wrong("a query is an object, not a \(value.typeName)")
    }
    let known = ["where", "sort", "order", "limit", "offset", "total"]
    if let unknown = object.names.first(where: { !known.contains($0) }) {
      throw RecordQuery.wrong(
        "a query has no \"\(unknown)\"" + NearestName.hint(for: unknown, among: known))
    }
    do {
      filter = try RecordFilter.parse(object["where"] ?? .object([:]), types: schema.types)
    } catch {
      throw RecordQuery.wrong("where: \(error)")
    }
    sort = try RecordQuery.text(object, "sort")
    isDescending = try RecordQuery.order(object)
    limit = try RecordQuery.count(
      object, "limit", default: StoreLimits.queryDefault, most: StoreLimits.queryLimit)
    offset = try RecordQuery.count(object, "offset", default: 0, most: Int64(Int32.max))
    wantsTotal = object["total"]?.asBoolean ?? false
  }

  private static func order(_ object: JSONObject) throws(StoreError) -> Bool {
    switch try text(object, "order") {
    case nil, "asc": return false
    case "desc": return true
    case .some(let other):
      throw wrong("order is \"asc\" or \"desc\", not \"\(other.prefix(20))\"")
    }
  }

  private static func text(_ object: JSONObject, _ name: String) throws(StoreError) -> String? {
    guard let value = object[name], !value.isNull else { return nil }
    guard let text = value.asText else {
      throw wrong("\(name) is a text, not a \(value.typeName)")
    }
    return text.isEmpty ? nil : text
  }

  private static func count(
    _ object: JSONObject, _ name: String, default missing: Int64, most: Int64
  ) throws(StoreError) -> Int {
    guard let value = object[name], !value.isNull else { return Int(missing) }
    guard let number = value.asInteger, (0...most).contains(number) else {
      throw wrong("\(name) is a whole number from 0 to \(most)")
    }
    return Int(number)
  }

  private static func wrong(_ message: String) -> StoreError {
    StoreError(.invalidQuery, message)
  }
}

/// The records found.
package struct RecordPage: Sendable, Hashable {
  package var records: [RecordRow]
  /// How many there are without limit and offset, if that was asked.
  package var total: Int64?
}

// SPDX-License-Identifier: Apache-2.0
// Records in memory, with the rules of the record service.

import Pipeline
import Values

extension CallScript {
  func recordGet(_ use: ServiceUse) -> ServiceAnswer {
    let id = use.text("id")
    guard let fields = world.records[use.text("collection")]?[id] else {
      return .failure(.notFound, "record_not_found", "no record \(id)")
    }
    return .value(Self.record(id, fields))
  }

  func recordQuery(
    _ use: ServiceUse, types: [String: [String: ConditionType]]
  ) -> ServiceAnswer {
    let collection = use.text("collection")
    guard !written.contains(collection) else {
      return .failure(.bug, "query_after_write", "query \(collection) before writing to it")
    }
    let query = use.json["query"] ?? [:]
    let filter: RecordFilter
    do {
      filter = try RecordFilter.parse(query["where"] ?? [:], types: types[collection] ?? [:])
    } catch {
      return .failure(.invalidInput, "invalid_query", error.message)
    }
    var found = (world.records[collection] ?? [:])
      .sorted { Int64($0.key) ?? 0 < Int64($1.key) ?? 0 }
      .map { Self.record($0.key, $0.value) }.filter { filter.matches($0) }
    if let sort = query["sort"]?.asText {
      found.sort {
        (RecordFilter.resolve(sort, in: $0)?.json ?? "")
          < (RecordFilter.resolve(sort, in: $1)?.json ?? "")
      }
      if query["order"] == "desc" { found.reverse() }
    }
    let offset = Int(clamping: max(query["offset"]?.asInteger ?? 0, 0))
    let limit = Int(clamping: min(max(query["limit"]?.asInteger ?? 100, 0), 10_000))
    var answer: JSONObject = ["records": .list(Array(found.dropFirst(offset).prefix(limit)))]
    if query["total"] == true { answer["total"] = .integer(Int64(found.count)) }
    return .value(.object(answer))
  }

  mutating func recordPut(_ use: ServiceUse) -> ServiceAnswer {
    guard let fields = use.json["fields"]?.asObject else {
      return .failure(.invalidInput, "bad_fields", "fields must be an object")
    }
    guard JSONValue.object(fields).jsonBytes.count <= 64 << 10 else {
      return .failure(.invalidInput, "record_too_large", "the record is over 64 KiB")
    }
    let collection = use.text("collection")
    var stored = fields
    var id = use.text("id")
    if id.isEmpty {
      id = newID()
    } else if use.json["version"]?.asInteger == -1 {
      stored = world.records[collection]?[id] ?? [:]
      for (name, value) in fields { stored[name] = value }
    }
    world.records[collection, default: [:]][id] = stored
    written.insert(collection)
    return .value(Self.record(id, stored))
  }

  mutating func recordRemove(_ use: ServiceUse) -> ServiceAnswer {
    let collection = use.text("collection")
    written.insert(collection)
    guard world.records[collection]?.removeValue(forKey: use.text("id")) != nil else {
      return .failure(.notFound, "record_not_found", "no record \(use.text("id"))")
    }
    return .value([:])
  }

  private static func record(_ id: String, _ fields: JSONObject) -> JSONValue {
    var record: JSONObject = [
      "id": .text(id), "version": 3, "created_at": "2026-11-22T09:00:00.000Z",
      "updated_at": "2026-11-22T09:00:00.000Z",
    ]
    for (name, value) in fields { record[name] = value }
    return .object(record)
  }
}

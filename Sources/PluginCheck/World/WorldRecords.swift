// SPDX-License-Identifier: Apache-2.0
// Records in memory, with the rules of the record service.

import Pipeline
import Values

/// The records of a scripted project.
package struct WorldRecords: Sendable {
  /// By collection and id.
  package var collections: [String: [String: JSONObject]] = [:]
  /// The types of the fields of each collection, for conditions.
  package var types: [String: [String: ConditionType]] = [:]
  /// The fields that are unique together in each collection.
  package var unique: [String: [[String]]] = [:]
  /// Collections that the call wrote to.
  private var written: Set<String> = []
  private var lastID = 1_000

  package init() {}

  /// Forgets what was written, as a new call begins.
  package mutating func beginCall() { written = [] }

  package func get(_ request: JSONValue) -> ServiceAnswer {
    let id = text("id", of: request)
    guard let fields = collections[text("collection", of: request)]?[id] else {
      return .failure(.notFound, "record_not_found", "no record \(id)")
    }
    return .value(Self.record(id, fields))
  }

  package func query(_ request: JSONValue) -> ServiceAnswer {
    let collection = text("collection", of: request)
    guard !written.contains(collection) else {
      return .failure(.bug, "query_after_write", "query \(collection) before writing to it")
    }
    let query = request["query"] ?? [:]
    let filter: RecordFilter
    do {
      filter = try RecordFilter.parse(query["where"] ?? [:], types: types[collection] ?? [:])
    } catch {
      return .failure(.invalidInput, "invalid_query", error.message)
    }
    var found = (collections[collection] ?? [:])
      .sorted { Int64($0.key) ?? 0 < Int64($1.key) ?? 0 }
      .map { Self.record($0.key, $0.value) }.filter { filter.matches($0) }
    if let sort = query["sort"]?.asText {
      found.sort {
        (RecordFilter.resolve(sort, in: $0)?.json ?? "")
          < (RecordFilter.resolve(sort, in: $1)?.json ?? "")
      }
    }
    if query["order"] == "desc" { found.reverse() }
    let offset = Int(clamping: max(query["offset"]?.asInteger ?? 0, 0))
    let limit = Int(clamping: min(max(query["limit"]?.asInteger ?? 100, 0), 10_000))
    var answer: JSONObject = ["records": .list(Array(found.dropFirst(offset).prefix(limit)))]
    if query["total"] == true { answer["total"] = .integer(Int64(found.count)) }
    return .value(.object(answer))
  }

  package mutating func put(_ request: JSONValue) -> ServiceAnswer {
    guard let fields = request["fields"]?.asObject else {
      return .failure(.invalidInput, "bad_fields", "fields must be an object")
    }
    guard JSONValue.object(fields).jsonBytes.count <= 64 << 10 else {
      return .failure(.invalidInput, "record_too_large", "the record is over 64 KiB")
    }
    let answer = store(fields, of: request)
    written.insert(text("collection", of: request))
    return answer
  }

  /// A write that does not wait for the outcome, so that queries of the call see it.
  package mutating func putNow(_ request: JSONValue) -> ServiceAnswer {
    let (collection, id) = (text("collection", of: request), text("id", of: request))
    let fields = request["fields"]?.asObject ?? [:]
    for names in unique[collection] ?? [] {
      let isTaken = (collections[collection] ?? [:]).contains { other, known in
        other != id && names.allSatisfy { fields[$0] != nil && known[$0] == fields[$0] }
      }
      if isTaken {
        let shown = names.joined(separator: ", ")
        return .failure(.conflict, "conflict_unique", "\(collection): \(shown) is taken")
      }
    }
    let before = written
    defer { written = before }
    return put(request)
  }

  private mutating func store(_ fields: JSONObject, of request: JSONValue) -> ServiceAnswer {
    let collection = text("collection", of: request)
    var stored = fields
    var id = text("id", of: request)
    if id.isEmpty {
      lastID += 1
      id = String(lastID)
    } else if request["version"]?.asInteger == -1 {
      stored = collections[collection]?[id] ?? [:]
      for (name, value) in fields { stored[name] = value }
    }
    collections[collection, default: [:]][id] = stored
    return .value(Self.record(id, stored))
  }

  package mutating func remove(_ request: JSONValue) -> ServiceAnswer {
    let (collection, id) = (text("collection", of: request), text("id", of: request))
    written.insert(collection)
    guard collections[collection]?.removeValue(forKey: id) != nil else {
      return .failure(.notFound, "record_not_found", "no record \(id)")
    }
    return .value([:])
  }

  private func text(_ name: String, of request: JSONValue) -> String {
    request[name]?.asText ?? ""
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

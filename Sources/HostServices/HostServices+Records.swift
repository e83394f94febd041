// SPDX-License-Identifier: Apache-2.0
// The record store as one call sees it: its own writes included, nothing committed yet.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  func recordGet(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let schema = schema(value, for: call, writing: false, reply) else { return }
    let id = value["id"]?.asText ?? ""
    guard let recordID = RecordID(text: id) else { return notFound(schema.name, id, reply) }
    if let own = call.written[schema.name]?[recordID] {
      guard let document = own else { return notFound(schema.name, id, reply) }
      return reply(.success(document))
    }
    let project = call.order.project
    store.read({ transaction throws(StoreError) in
      try transaction.recordGet(project, collection: schema.name, id: recordID)
    }) { [self] result in
      switch result {
      case .failure(let error): reply(unavailable(error))
      case .success(nil): notFound(schema.name, id, reply)
      case .success(let row?): reply(.success(row.document))
      }
    }
  }

  func recordQuery(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let schema = schema(value, for: call, writing: false, reply) else { return }
    guard call.written[schema.name] == nil else {
      reply(
        .failure(
          .bug, "query_after_write",
          "query \"\(schema.name)\" before writing to it: a query does not see the call's writes"))
      return
    }
    let project = call.order.project
    let query: RecordQuery
    do throws(StoreError) {
      query = try RecordQuery(value["query"] ?? [:], of: schema)
    } catch {
      return reply(unavailable(error))
    }
    store.read({ transaction throws(StoreError) in
      try transaction.recordQuery(project, schema, query)
    }) { [self] result in
      switch result {
      case .failure(let error): reply(unavailable(error))
      case .success(let page):
        var answer: JSONObject = ["records": .list(page.records.map(\.document))]
        if let total = page.total { answer["total"] = .integer(total) }
        reply(.success(.object(answer)))
      }
    }
  }

  func recordPut(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let schema = schema(value, for: call, writing: true, reply) else { return }
    guard case .object(let fields)? = value["fields"] else {
      return reply(.failure(.invalidInput, "bad_fields", "fields must be an object"))
    }
    if let problem = RecordCheck.problem(with: fields, in: schema.manifest) {
      return reply(.failure(.invalidInput, "bad_record", problem))
    }
    let version = value["version"]?.asInteger ?? 0
    let named = value["id"]?.asText ?? ""
    guard let id = named.isEmpty ? recordIDs.reserve() : RecordID(text: named) else {
      return reply(.failure(.notFound, "record_not_found", "no record \"\(named)\""))
    }
    guard version >= -1, !named.isEmpty || version == 0 else {
      return reply(
        .failure(.invalidInput, "bad_version", "a new record has version 0 and may have no id"))
    }
    let write = RecordWrite(
      .put, schema, id: id, expectation: RecordWrite.Expectation(version: version), fields: fields)
    guard version == -1, call.written[schema.name]?[id] == nil else {
      return stage(write, fields, version, call, reply)
    }
    // A merge answers with the record as it will be, so what is there now is read first.
    let project = call.order.project
    store.read({ transaction throws(StoreError) in
      try transaction.recordGet(project, collection: schema.name, id: id)
    }) { [self] result in
      var merged = fields
      var current = version
      if case .success(let row?) = result {
        merged = row.fields
        current = row.version
        for (name, value) in fields { merged[name] = value }
      }
      stage(write, merged, current, call, reply)
    }
  }

  func recordRemove(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let schema = schema(value, for: call, writing: true, reply) else { return }
    let text = value["id"]?.asText ?? ""
    guard let id = RecordID(text: text) else { return notFound(schema.name, text, reply) }
    let version = value["version"]?.asInteger ?? -1
    call.writes.append(
      RecordWrite(
        .remove, schema, id: id, expectation: RecordWrite.Expectation(version: version)))
    call.written[schema.name, default: [:]][id] = .some(nil)
    reply(.success([:]))
  }

  // MARK: private parts

  /// Gathers a write; `version` is the one it builds on.
  private func stage(
    _ write: RecordWrite, _ fields: JSONObject, _ version: Int64, _ call: OpenCall,
    _ reply: ReplyOnce
  ) {
    guard call.writes.count < HostServicesLimits.writesPerCall else {
      reply(
        .failure(
          .invalidInput, "too_many_writes",
          "one call writes at most \(HostServicesLimits.writesPerCall) records"))
      return
    }
    let name = write.schema.name
    var document = fields
    if case .object(let own)?? = call.written[name]?[write.id], write.expectation == .any {
      document = own
      for (name, value) in fields { document[name] = value }
    }
    document["id"] = .text(write.id.text)
    document["version"] = .integer(max(version, 0) + 1)
    call.writes.append(write)
    call.written[name, default: [:]][write.id] = .some(.object(document))
    reply(.success(.object(document)))
  }

  /// The collection a request names, if the call's plugin may do that with it.
  private func schema(
    _ value: JSONValue, for call: OpenCall, writing: Bool, _ reply: ReplyOnce
  ) -> RecordSchema? {
    let name = value["collection"]?.asText ?? ""
    guard let schema = call.setup.collections[name] else {
      let near = Suggestion.text(for: name, among: Array(call.setup.collections.keys))
      reply(.failure(.notFound, "unknown_collection", "no collection \"\(name)\"\(near)"))
      return nil
    }
    let grants = call.plugin.grants
    let mayWrite = grants.writeCollections.contains(name)
    guard writing ? mayWrite : (mayWrite || grants.readCollections.contains(name)) else {
      reply(
        .failure(
          .denied, "collection_not_granted",
          "plugin \(call.order.plugin) is not granted to \(writing ? "write" : "read") "
            + "\"\(name)\" in project \(call.order.project)"))
      return nil
    }
    return schema
  }

  private func notFound(_ collection: String, _ id: String, _ reply: ReplyOnce) {
    reply(.failure(.notFound, "record_not_found", "no record \"\(id)\" in \(collection)"))
  }

  private func unavailable(_ error: StoreError) -> ServiceReply {
    let isInput = error.code == .invalidQuery
    return .failure(isInput ? .invalidInput : .unavailable, error.code.rawValue, error.message)
  }
}

/// The bounds of what one call may ask.
package enum HostServicesLimits {
  /// A response as a plugin gets it when it names no bound, and the most it may name (http.h).
  package static let usualResponseBytes: Int64 = 1 << 20
  package static let responseBytes: Int64 = 10 << 20
  /// A call's writes are one transaction inside a batch that everybody waits for.
  package static let writesPerCall = 5_000
  /// Fields of a credential; each travels with every request that uses it.
  package static let credentialBytes = 16 << 10
}

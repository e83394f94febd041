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
      query = try RecordQuery(value["query"] ?? [:], of: schema, zone: call.setup.zone)
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
    guard let put = putRequest(call, value, reply) else { return }
    let (schema, fields, size) = (put.write.schema, put.write.fields, put.size)
    guard put.write.expectation != .new else {
      return stage(put.write, fields, 0, size, call, reply)
    }
    let (id, version) = (put.write.id, put.version)
    if let own = call.written[schema.name]?[id] {
      guard own != nil else { return notFound(schema.name, id.text, reply) }
      return stage(put.write, fields, version, size, call, reply)
    }
    let project = call.order.project
    store.read({ transaction throws(StoreError) in
      try transaction.recordGet(project, collection: schema.name, id: id)
    }) { [self] result in
      switch result {
      case .failure(let error): reply(unavailable(error))
      case .success(nil): notFound(schema.name, id.text, reply)
      case .success(let row?):
        var merged = fields
        if version == -1 {
          // A merge answers with the record as it will be.
          merged = row.fields
          for (name, value) in fields { merged[name] = value }
        }
        stage(put.write, merged, row.version, size, call, reply)
      }
    }
  }

  /// Writes at once, in a transaction of its own; what a conflict means is the plugin's to say.
  func recordPutNow(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let put = putRequest(call, value, reply), mayWrite(put.size, call, reply) else { return }
    let (project, now, write) = (call.order.project, clock(), put.write)
    guard call.written[write.schema.name]?[write.id] == nil else {
      return reply(
        .failure(
          .bug, "written_twice",
          "record \(write.id) of \(write.schema.name) is written with the outcome already: write it "
            + "at once or with the outcome, not both"))
    }
    store.write({ transaction throws(StoreError) -> RecordRow? in
      if write.expectation == .any,
        try transaction.recordGet(project, collection: write.schema.name, id: write.id) == nil
      {
        return nil
      }
      return try transaction.recordsApply(project, [write], nowMS: now).first
    }) { [self] result in
      switch result {
      case .success(let row?): reply(.success(row.document))
      case .success(nil): notFound(write.schema.name, write.id.text, reply)
      case .failure(let error) where [.conflictUnique, .conflictVersion].contains(error.code):
        reply(.failure(.conflict, error.code.rawValue, error.message))
      case .failure(let error): reply(unavailable(error))
      }
    }
  }

  func recordRemove(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let schema = schema(value, for: call, writing: true, reply) else { return }
    let text = value["id"]?.asText ?? ""
    guard let id = RecordID(text: text) else { return notFound(schema.name, text, reply) }
    let version = value["version"]?.asInteger ?? -1
    guard (-1..<Int64.max).contains(version), mayWrite(0, call, reply) else { return }
    call.writes.append(
      RecordWrite(
        .remove, schema, id: id, expectation: RecordWrite.Expectation(version: version)))
    call.written[schema.name, default: [:]][id] = .some(nil)
    reply(.success([:]))
  }

  // MARK: private parts

  /// A write that was asked for, checked as far as the collection tells.
  private struct PutRequest {
    let write: RecordWrite
    /// As the plugin named it.
    let version: Int64
    /// Of its fields. **Unit** bytes.
    let size: Int
  }

  private func putRequest(
    _ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce
  ) -> PutRequest? {
    guard let schema = schema(value, for: call, writing: true, reply) else { return nil }
    do throws(ActionFailure) {
      return try putRequest(value, schema)
    } catch {
      reply(.failure(error))
      return nil
    }
  }

  private func putRequest(
    _ value: JSONValue, _ schema: RecordSchema
  ) throws(ActionFailure) -> PutRequest {
    guard case .object(let fields)? = value["fields"] else {
      throw ActionFailure(.invalidInput, code: "bad_fields", message: "fields must be an object")
    }
    if let problem = RecordCheck.problem(with: fields, in: schema.manifest) {
      throw ActionFailure(.invalidInput, code: "bad_record", message: problem)
    }
    let size = JSONValue.object(fields).jsonBytes.count
    guard size <= StoreLimits.recordBytes else {
      throw ActionFailure(
        .invalidInput, code: "record_too_large",
        message: "the record has \(size) bytes, the most is \(StoreLimits.recordBytes)")
    }
    let version = value["version"]?.asInteger ?? 0
    let named = value["id"]?.asText ?? ""
    guard !named.isEmpty else {
      guard version == 0 else {
        throw ActionFailure(
          .invalidInput, code: "bad_version", message: "a new record has version 0")
      }
      let write = RecordWrite(
        .put, schema, id: recordIDs.reserve(), expectation: .new, fields: fields)
      return PutRequest(write: write, version: 0, size: size)
    }
    // An id is the store's to give: one that names no record is refused, or a plugin could take
    // ids that others are about to get.
    guard let id = RecordID(text: named) else { throw Self.notFound(schema.name, named) }
    guard version == -1 || (1..<Int64.max).contains(version) else {
      throw ActionFailure(
        .invalidInput, code: "bad_version",
        message: "a record that is there is written at the version it has")
    }
    let write = RecordWrite(
      .put, schema, id: id, expectation: RecordWrite.Expectation(version: version), fields: fields)
    return PutRequest(write: write, version: version, size: size)
  }

  /// Gathers a write; `version` is the one it builds on.
  private func stage(
    _ write: RecordWrite, _ fields: JSONObject, _ version: Int64, _ size: Int, _ call: OpenCall,
    _ reply: ReplyOnce
  ) {
    guard mayWrite(size, call, reply) else { return }
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

  /// Whether a call has room for one more write of this size.
  private func mayWrite(_ size: Int, _ call: OpenCall, _ reply: ReplyOnce) -> Bool {
    guard call.writes.count < HostServicesLimits.writesPerCall,
      call.writtenBytes + size <= HostServicesLimits.writtenBytesPerCall
    else {
      reply(
        .failure(
          .invalidInput, "too_many_writes",
          "one call writes at most \(HostServicesLimits.writesPerCall) records and "
            + "\(HostServicesLimits.writtenBytesPerCall >> 20) MiB"))
      return false
    }
    call.writtenBytes += size
    return true
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
    let (grant, order) = (writing ? Grant.write(name) : .read(name), call.order)
    guard allows(grant, call) else {
      reply(
        .failure(
          .denied, "collection_not_granted",
          "plugin \(order.plugin) is not granted \(grant.text) in project \(order.project): "
            + "jackfield plugin enable \(order.plugin) --project \(order.project) \(grant.option)"))
      return nil
    }
    return schema
  }

  private func notFound(_ collection: String, _ id: String, _ reply: ReplyOnce) {
    reply(.failure(Self.notFound(collection, id)))
  }

  private static func notFound(_ collection: String, _ id: String) -> ActionFailure {
    ActionFailure(
      .notFound, code: "record_not_found", message: "no record \"\(id)\" in \(collection)")
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
  /// What they may hold together, in memory until the outcome is on disk.
  package static let writtenBytesPerCall = 16 << 20
  /// Bodies of a call's requests that are under way.
  package static let openBytesPerCall = 64 << 20
  /// HTTP exchanges kept for viewing of one call, as the store keeps of an action.
  package static let exchangesPerCall = Int(StoreLimits.exchanges)
  /// The body of each side of one, and each side's head: both go into one text of the store.
  package static let exchangeBytes = StoreLimits.exchangeBytes
  package static let exchangeHeadBytes = 24 << 10
  /// **Unit** bytes of what a call asked and was answered, kept until it ends for its transcript:
  /// what is talked with an API in one call, and not a page of its search.
  package static let transcriptBytes = 256 << 10
  /// **Unit** bytes of the same for all open calls together.
  package static let allTranscriptBytes = 64 << 20
  /// Log lines of a call in its transcript, and their bytes.
  package static let transcriptLines = 200
  package static let transcriptLogBytes = 32 << 10
  /// The runs that lead to one, each started by the one before.
  package static let hops = 10
  /// An event handed to another connector: what a webhook may bring (`engine.md`, Trigger).
  package static let eventBytes = 1 << 20
  /// What one call asks of runs is one transaction inside a batch that everybody waits for.
  package static let effectsPerCall = 1_000
  /// Events and news of one call: a provider's batch, with room to spare.
  package static let eventsPerCall = 1_000
  /// What names an event at its source, and an attempt: a part of an indexed key.
  package static let eventKeyLength = 200
  /// **Unit** bytes of news, kept in the journal with the attempt they settle.
  package static let newsBytes = 64 << 10
  /// Pairs of one request to cancel delays; each is a look into an index.
  package static let delayKeys = 1_000
  /// Shown in one line with the run.
  package static let reasonLength = 200
  /// A subject is a part of an indexed key.
  package static let subjectLength = 200
  /// Blobs that one call writes at a time: each is an open file.
  package static let blobDrafts = 8
  /// **Unit** bytes of blobs that one call writes or has saved: two of the largest, and some.
  package static let blobBytesPerCall: Int64 = 256 << 20
  /// An answer that is saved as a blob.
  package static let savedBytes = StoreLimits.blobBytes
  /// Parts of a form, and blobs among them: each of these is an open file in two processes.
  package static let formParts = 100
  package static let formBlobs = 16
  /// **Unit** bytes of the attachments of a mail, blobs among them (mail.h).
  package static let attachmentBytes: Int64 = 20 << 20
  /// Fields of a credential; each travels with every request that uses it.
  package static let credentialBytes = 16 << 10
}

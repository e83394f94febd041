// SPDX-License-Identifier: Apache-2.0
// A host for plugins under test: records in memory, and a peer that checks every request.
import Pipeline
import PluginRuntime
import TestKit
import Values

/// What a plugin's call sees of the world.
///
/// Records are matched by the engine's own filters; HTTP and mail go to closures that refuse what
/// the facts do not allow.
// Safe because: a call runs on the test's own thread, and so does everything here.
final class ScriptedWorld: ServiceBackend, @unchecked Sendable {
  typealias Fields = JSONObject

  /// What a peer answers: a response, or the error of the service.
  enum Answer {
    case response(status: Int, headers: JSONObject, body: [UInt8])
    case error(ErrorClass, code: String, message: String)

    static func json(_ status: Int, _ value: JSONValue, headers: JSONObject = [:]) -> Answer {
      var all: JSONObject = ["content-type": "application/json"]
      for (name, value) in headers { all[name] = value }
      return .response(status: status, headers: all, body: value.jsonBytes)
    }

    static func text(_ status: Int, _ text: String, type: String = "text/plain") -> Answer {
      .response(status: status, headers: ["content-type": .text(type)], body: Array(text.utf8))
    }
  }

  var collections: [String: [String: Fields]] = [:]
  var credentials: [String: JSONValue] = [:]
  var runs = ScriptedRuns()
  var http: (JSONValue, [UInt8]) -> Answer = { _, _ in
    .error(.denied, code: "host_not_granted", message: "nothing is granted here")
  }
  var mail: (JSONValue, [UInt8]) -> Answer = { request, _ in
    .json(
      200,
      [
        "message_id": "<run-7-mail@example.com>", "reply": "250 2.0.0 Ok: queued as 1",
        "accepted": .list(ScriptedWorld.addresses(request)),
      ])
  }

  private(set) var requests: [JSONValue] = []
  private(set) var bodies: [[UInt8]] = []
  private(set) var mails: [JSONValue] = []
  private(set) var mailBodies: [[UInt8]] = []
  private(set) var puts: [(collection: String, id: String, version: Int64, fields: Fields)] = []
  private(set) var progress: [JSONValue] = []
  private(set) var logs: [String] = []
  /// The codes of errors that came from here and not from the plugin.
  private(set) var serviceCodes: Set<String> = []
  private var written: Set<String> = []
  private var nextID = 1_001
  let types: [String: [String: ConditionType]]

  init() { types = PluginFiles.collectionTypes }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    let value = (try? JSONValue(parsing: request.json)) ?? .null
    let reply: (Int32, JSONValue, [UInt8])
    switch request.service {
    case 1: reply = get(value)
    case 2: reply = query(value)
    case 3: reply = put(value)
    case 4: reply = remove(value)
    case 5: reply = sendHTTP(value, request.joinedBody)
    case 6: reply = sendMail(value, request.joinedBody)
    case 7: reply = credential(value)
    case 8...11: reply = serveRuns(request.service, value)
    default: reply = failure(.bug, "unknown_service", "service \(request.service)")
    }
    box.deliver(
      ServiceReply(
        exchange: request.exchange, status: reply.0, json: reply.1.jsonBytes[...],
        body: reply.2[...]))
  }

  func log(call: UInt32, level: UInt8, text: String) { logs.append(text) }

  func progress(call: UInt32, json: [UInt8]) {
    progress.append((try? JSONValue(parsing: json)) ?? .null)
  }

  // MARK: Records

  private func get(_ value: JSONValue) -> (Int32, JSONValue, [UInt8]) {
    let (collection, id) = (value["collection"]?.asText ?? "", value["id"]?.asText ?? "")
    guard let fields = collections[collection]?[id] else {
      return failure(.notFound, "record_not_found", "no record \(id)")
    }
    return (0, record(id, fields), [])
  }

  private func query(_ value: JSONValue) -> (Int32, JSONValue, [UInt8]) {
    let collection = value["collection"]?.asText ?? ""
    guard !written.contains(collection) else {
      return failure(.bug, "query_after_write", "query \(collection) before writing to it")
    }
    let query = value["query"] ?? [:]
    let filter: RecordFilter
    do {
      filter = try RecordFilter.parse(query["where"] ?? [:], types: types[collection] ?? [:])
    } catch {
      return failure(.invalidInput, "invalid_query", error.message)
    }
    var found = (collections[collection] ?? [:]).sorted { Int($0.key) ?? 0 < Int($1.key) ?? 0 }
      .map { record($0.key, $0.value) }.filter { filter.matches($0) }
    if let sort = query["sort"]?.asText {
      found.sort {
        let left = RecordFilter.resolve(sort, in: $0)?.json ?? ""
        return left < RecordFilter.resolve(sort, in: $1)?.json ?? ""
      }
      if query["order"] == "desc" { found.reverse() }
    }
    let total = found.count
    let offset = Int(query["offset"]?.asInteger ?? 0)
    let page = Array(found.dropFirst(offset).prefix(Int(query["limit"]?.asInteger ?? 100)))
    var answer: JSONObject = ["records": .list(page)]
    if query["total"] == true { answer["total"] = .integer(Int64(total)) }
    return (0, .object(answer), [])
  }

  private func put(_ value: JSONValue) -> (Int32, JSONValue, [UInt8]) {
    let collection = value["collection"]?.asText ?? ""
    let fields = value["fields"]?.asObject ?? [:]
    let version = value["version"]?.asInteger ?? 0
    var id = value["id"]?.asText ?? ""
    for name in fields.names where types[collection]?[name] == nil {
      guard PluginFiles.fieldNames[collection]?.contains(name) == true else {
        return failure(.invalidInput, "bad_record", "\(collection) has no field \(name)")
      }
    }
    var stored = fields
    if id.isEmpty {
      id = String(nextID)
      nextID += 1
    } else if version == -1 {
      stored = collections[collection]?[id] ?? [:]
      for (name, value) in fields { stored[name] = value }
    }
    collections[collection, default: [:]][id] = stored
    written.insert(collection)
    puts.append((collection, id, version, fields))
    return (0, record(id, stored), [])
  }

  private func remove(_ value: JSONValue) -> (Int32, JSONValue, [UInt8]) {
    let (collection, id) = (value["collection"]?.asText ?? "", value["id"]?.asText ?? "")
    written.insert(collection)
    collections[collection]?[id] = nil
    return (0, [:], [])
  }

  private func record(_ id: String, _ fields: Fields) -> JSONValue {
    var record: JSONObject = ["id": .text(id), "version": 3]
    record["created_at"] = "2026-11-22T09:00:00.000Z"
    record["updated_at"] = "2026-11-22T09:00:00.000Z"
    for (name, value) in fields { record[name] = value }
    return .object(record)
  }

  /// Forgets what was written, as a new call begins.
  func newCall() {
    written = []
    runs.newCall()
  }

  private func serveRuns(
    _ service: UInt8, _ value: JSONValue
  ) -> (Int32, JSONValue, [UInt8]) {
    do throws(ActionFailure) {
      return (0, try runs.serve(service, value), [])
    } catch {
      return failure(error.class, error.code, error.message)
    }
  }

  // MARK: The outside

  private func sendHTTP(_ value: JSONValue, _ body: [UInt8]) -> (Int32, JSONValue, [UInt8]) {
    requests.append(value)
    bodies.append(body)
    switch http(value, body) {
    case .error(let kind, let code, let message): return failure(kind, code, message)
    case .response(let status, let headers, let body):
      return (
        0,
        [
          "status": .integer(Int64(status)), "headers": .object(headers),
          "url": value["url"] ?? "", "elapsed_ms": 7,
        ], body
      )
    }
  }

  private func sendMail(_ value: JSONValue, _ body: [UInt8]) -> (Int32, JSONValue, [UInt8]) {
    mails.append(value)
    mailBodies.append(body)
    switch mail(value, body) {
    case .error(let kind, let code, let message): return failure(kind, code, message)
    case .response(_, _, let body): return (0, (try? JSONValue(parsing: body)) ?? .null, [])
    }
  }

  private func credential(_ value: JSONValue) -> (Int32, JSONValue, [UInt8]) {
    let name = value["name"]?.asText ?? ""
    if let found = credentials[name] { return (0, found, []) }
    guard name.isEmpty, credentials.count == 1, let only = credentials.values.first else {
      return failure(.notFound, "credential_not_found", "no credential \(name)")
    }
    return (0, only, [])
  }

  private func failure(
    _ kind: ErrorClass, _ code: String, _ message: String
  ) -> (Int32, JSONValue, [UInt8]) {
    serviceCodes.insert(code)
    return (kind.status, ["code": .text(code), "message": .text(message)], [])
  }

  /// The addresses of a mail, bare.
  static func addresses(_ mail: JSONValue) -> [JSONValue] {
    ["to", "cc", "bcc"].flatMap { mail[$0]?.asList ?? [] }.map { value in
      let text = value.asText ?? ""
      guard let open = text.lastIndex(of: "<") else { return value }
      return .text(String(text[text.index(after: open)...].dropLast()))
    }
  }
}

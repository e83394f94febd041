// SPDX-License-Identifier: Apache-2.0
// A host for plugins under test: records in memory, and a peer that checks every request.
import Pipeline
import PluginCheck
import PluginRuntime
import TestKit
import Values

/// What a plugin's call sees of the world.
///
/// Records are matched by the engine's own filters; HTTP and mail go to closures that refuse what
/// the facts do not allow.
// Safe because: a call runs on the test's own thread, and so does everything here.
final class ScriptedWorld: ServiceBackend, @unchecked Sendable {
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

  private var records = WorldRecords()
  var collections: [String: [String: JSONObject]] {
    get { records.collections }
    set { records.collections = newValue }
  }
  var credentials: [String: JSONValue] = [:]
  var runs = ScriptedRuns()
  var blobs = WorldBlobs()
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
  private(set) var puts: [(collection: String, id: String, version: Int64, fields: JSONObject)] = []
  /// What was written before the outcome: the collection, and how many requests had left by then.
  private(set) var writtenNow: [(collection: String, after: Int)] = []
  /// What another run does just before a write at once.
  var beforePutNow: ((ScriptedWorld) -> Void)?
  /// `{kind, key, event}`
  private(set) var raised: [JSONValue] = []
  /// `{key, news}`
  private(set) var settled: [JSONValue] = []
  private(set) var progress: [JSONValue] = []
  private(set) var logs: [String] = []
  /// The codes of errors that came from here and not from the plugin.
  private(set) var serviceCodes: Set<String> = []

  init() {
    records.types = PluginFiles.collectionTypes
    records.unique = PluginFiles.uniqueFields
  }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    let value = (try? JSONValue(parsing: request.json)) ?? .null
    let answer: ServiceAnswer
    switch request.service {
    case 1: answer = records.get(value)
    case 2: answer = records.query(value)
    case 3: answer = put(value)
    case 4: answer = records.remove(value)
    case 5: answer = sendHTTP(value, request.joinedBody)
    case 6: answer = sendMail(value, request.joinedBody)
    case 7: answer = credential(value)
    case 12: answer = putNow(value)
    case 20: answer = raise(value)
    case 21: answer = settle(value)
    case 8...11: answer = serveRuns(request.service, value)
    case 13: answer = blobs.create(value)
    case 14: answer = blobs.append(value, request.joinedBody)
    case 15: answer = blobs.finish(value)
    case 16: answer = blobs.look(value)
    case 17: answer = blobs.read(value)
    default: answer = .failure(.bug, "unknown_service", "service \(request.service)")
    }
    if answer.status != 0 { serviceCodes.insert(answer.json["code"]?.asText ?? "") }
    box.deliver(
      ServiceReply(
        exchange: request.exchange, status: answer.status, json: answer.json.jsonBytes[...],
        body: answer.body[...]))
  }

  func log(call: UInt32, level: UInt8, text: String) { logs.append(text) }

  func progress(call: UInt32, json: [UInt8]) {
    progress.append((try? JSONValue(parsing: json)) ?? .null)
  }

  // MARK: Records

  private func put(_ value: JSONValue) -> ServiceAnswer {
    let collection = value["collection"]?.asText ?? ""
    let fields = value["fields"]?.asObject ?? [:]
    for name in fields.names where records.types[collection]?[name] == nil {
      guard PluginFiles.fieldNames[collection]?.contains(name) == true else {
        return .failure(.invalidInput, "bad_record", "\(collection) has no field \(name)")
      }
    }
    let answer = records.put(value)
    if answer.status == 0 {
      let id = value["id"]?.asText ?? ""
      puts.append(
        (
          collection, id.isEmpty ? answer.json["id"]?.asText ?? "" : id,
          value["version"]?.asInteger ?? 0, fields
        ))
    }
    return answer
  }

  private func putNow(_ value: JSONValue) -> ServiceAnswer {
    writtenNow.append((value["collection"]?.asText ?? "", requests.count + mails.count))
    beforePutNow?(self)
    return records.putNow(value)
  }

  private func raise(_ value: JSONValue) -> ServiceAnswer {
    raised.append(value)
    return serveRuns(20, value)
  }

  private func settle(_ value: JSONValue) -> ServiceAnswer {
    settled.append(value)
    return serveRuns(21, value)
  }

  /// Forgets what was written, as a new call begins.
  func newCall() {
    records.beginCall()
    runs.newCall()
  }

  private func serveRuns(_ service: UInt8, _ value: JSONValue) -> ServiceAnswer {
    do throws(ActionFailure) {
      return .value(try runs.serve(service, value))
    } catch {
      return .failure(error.class, error.code, error.message)
    }
  }

  // MARK: The outside

  private func sendHTTP(_ value: JSONValue, _ body: [UInt8]) -> ServiceAnswer {
    requests.append(value)
    bodies.append(body)
    switch http(value, body) {
    case .error(let kind, let code, let message): return .failure(kind, code, message)
    case .response(let status, let headers, let body):
      var head: JSONObject = [
        "status": .integer(Int64(status)), "headers": .object(headers),
        "url": value["url"] ?? "", "elapsed_ms": 7,
      ]
      guard value["save_body"] != true || !(200..<300).contains(status) else {
        let type = headers["content-type"]?.asText ?? ""
        head["blob"] = blobs.keep(body, type: type, name: "file")
        return .value(.object(head))
      }
      var answer = ServiceAnswer.value(.object(head))
      answer.body = body
      return answer
    }
  }

  private func sendMail(_ value: JSONValue, _ body: [UInt8]) -> ServiceAnswer {
    mails.append(value)
    mailBodies.append(body)
    switch mail(value, body) {
    case .error(let kind, let code, let message): return .failure(kind, code, message)
    case .response(_, _, let body): return .value((try? JSONValue(parsing: body)) ?? .null)
    }
  }

  private func credential(_ value: JSONValue) -> ServiceAnswer {
    let name = value["name"]?.asText ?? ""
    if let found = credentials[name] { return .value(found) }
    guard name.isEmpty, credentials.count == 1, let only = credentials.values.first else {
      return .failure(.notFound, "credential_not_found", "no credential \(name)")
    }
    return .value(only)
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

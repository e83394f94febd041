// SPDX-License-Identifier: Apache-2.0
// From a request to its answer.

import Glibc
import Pipeline
import Values

extension CallScript {
  mutating func answer(_ use: ServiceUse) -> ServiceAnswer {
    switch manner {
    case .denying:
      return .failure(.denied, "denied", "the project does not grant this")
    case .granting(let grants):
      if let refusal = grants.refusal(of: use, in: world) {
        refusals.append(refusal)
        return .failure(.denied, "not_granted", refusal)
      }
    case .random(var random):
      defer { manner = .random(random) }
      if random.chance(1, in: 6) { return random.failure() }
      if use.kind == .http, random.chance(1, in: 2) { return random.response(to: use) }
    case .odd(let way):
      if use.kind == .http { return OddResponse.answer(way, to: use) }
    default: break
    }
    let answer = willing(use)
    if case .killing(let number) = manner, uses.count == number { kill(getpid(), SIGKILL) }
    return answer
  }

  private mutating func willing(_ use: ServiceUse) -> ServiceAnswer {
    switch use.kind {
    case .recordGet: world.records.get(use.json)
    case .recordQuery: world.records.query(use.json)
    case .recordPut: world.records.put(use.json)
    case .recordPutNow: world.records.putNow(use.json)
    case .recordRemove: world.records.remove(use.json)
    case .http: respond(to: use)
    case .mail: takeMail(use)
    case .credential: credential(use)
    case .runStart, .delaysCancel, .runLeave, .runStop: serveRuns(use)
    case .eventRaise, .eventSettle: serveEvents(use)
    case .blobCreate: world.blobs.create(use.json)
    case .blobAppend: world.blobs.append(use.json, use.body)
    case .blobFinish: world.blobs.finish(use.json)
    case .blobLook: world.blobs.look(use.json)
    case .blobRead: world.blobs.read(use.json)
    case .unknown: .failure(.bug, "unknown_service", "there is no such service")
    }
  }

  // MARK: The outside

  /// The next exchange of the example, or an empty object where it has none.
  private mutating func respond(to use: ServiceUse) -> ServiceAnswer {
    guard !exchanges.isEmpty else {
      surprises.append("it sent \(use.shown), which the example's \"http\" does not have")
      return response(["status": 200, "json": [:]], to: use)
    }
    let place = exchanges.firstIndex { isRequest($0["request"] ?? [:], use) } ?? 0
    let exchange = exchanges.remove(at: place)
    let request = exchange["request"] ?? [:]
    if !isRequest(request, use) {
      let wanted = "\(request["method"]?.asText ?? "GET") \(request["url"]?.asText ?? "")"
      surprises.append("it sent \(use.shown), the example's \"http\" says \(wanted)")
    }
    return response(exchange["response"] ?? [:], to: use)
  }

  private func isRequest(_ expected: JSONValue, _ use: ServiceUse) -> Bool {
    (expected["method"]?.asText ?? "GET") == use.text("method")
      && expected["url"]?.asText == use.text("url")
  }

  private mutating func response(_ response: JSONValue, to use: ServiceUse) -> ServiceAnswer {
    var headers = response["headers"]?.asObject ?? [:]
    var body = Array((response["text"]?.asText ?? "").utf8)
    if var json = response["json"] {
      if headers["content-type"] == nil { headers["content-type"] = "application/json" }
      if case .leaking(let secret) = manner, var object = json.asObject {
        object["access_token"] = .text(secret)
        json = .object(object)
      }
      body = json.jsonBytes
    }
    if case .leaking(let secret) = manner { headers["set-cookie"] = .text("session=\(secret)") }
    var head: JSONObject = [
      "status": response["status"] ?? 200, "headers": .object(headers),
      "url": use.json["url"] ?? "", "elapsed_ms": 7,
    ]
    let isGood = (200..<300).contains(response["status"]?.asInteger ?? 200)
    if use.json["save_body"] == true, isGood, use.text("method") != "HEAD" {
      let type = headers["content-type"]?.asText ?? ""
      head["blob"] = world.blobs.keep(body, type: type, name: "file")
      body = []
    }
    return ServiceAnswer(status: 0, json: .object(head), body: body)
  }

  private func takeMail(_ use: ServiceUse) -> ServiceAnswer {
    let to = ["to", "cc", "bcc"].flatMap { use.json[$0]?.asList ?? [] }
    let accepted: [JSONValue] = to.map { address in
      let text = address.asText ?? ""
      guard let open = text.lastIndex(of: "<") else { return address }
      return .text(String(text[text.index(after: open)...].dropLast()))
    }
    return .value([
      "message_id": "<run-7-mail@example.com>", "reply": "250 2.0.0 Ok: queued as 1",
      "accepted": .list(accepted),
    ])
  }

  private func credential(_ use: ServiceUse) -> ServiceAnswer {
    let name = use.text("name")
    if let found = world.credentials[name] { return .value(found) }
    guard name.isEmpty, let only = world.credentials.values.first else {
      return .failure(
        .notFound, "credential_not_found",
        "there is no credential \(name.isEmpty ? "of its kinds" : "\"\(name)\"")")
    }
    guard world.credentials.count == 1 else {
      return .failure(.invalidInput, "several_credentials", "there are several: name one")
    }
    return .value(only)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Host services as a plugin in a worker sees them, with the test as the host.
import TestKit
import Testing
import Values
import WorkerProtocol

/// Each with a worker of one thread, which reads while it waits, and with one of several.
@Suite struct WorkerServiceTests {
  private static let all = [
    "jackfield.http/1", "jackfield.records/1", "jackfield.mail/1", "jackfield.runs/1",
    "jackfield.events/1",
    "jackfield.blobs/1",
  ]

  private func worker(_ maxCalls: Int, services: [String] = all) throws -> WorkerProcess {
    try WorkerProcess.ready("services", maxCalls: maxCalls, services: services)
  }

  private func json(_ request: RequestMessage) throws -> JSONValue {
    try JSONValue(parsing: Array(request.json))
  }

  @Test(arguments: [1, 4])
  func `an HTTP request goes out as described and its response comes back`(calls: Int) throws {
    let worker = try worker(calls)
    try worker.call(
      1,
      [
        "use": "http", "method": "POST", "url": "https://a.test/x", "body": "payload",
        "headers": ["x-a": "1"], "credential": "shop",
      ])
    let request = try worker.request()
    #expect(request.service == .httpSend)
    #expect((request.call, request.exchange) == (1, 1))
    #expect(
      try json(request) == [
        "method": "POST", "url": "https://a.test/x", "headers": ["x-a": "1"],
        "credential": "shop", "timeout_ms": 1_500, "max_response_bytes": 0, "max_redirects": 0,
      ])
    #expect(String(decoding: request.body, as: UTF8.self) == "payload")
    let headers: JSONValue = ["content-type": "application/problem+json; charset=utf-8"]
    try worker.reply(
      request,
      ["status": 404, "headers": headers, "url": "https://a.test/y", "elapsed_ms": 12],
      body: Array(#"{"a":[1]}"#.utf8))
    let result = try worker.result(1)
    #expect(
      result.json == [
        "status": 0,
        "value": [
          "status": 404, "elapsed_ms": 12, "body_size": 9, "url": "https://a.test/y",
          "headers": headers, "json": ["a": [1]],
        ],
      ])
  }

  @Test func `a body is parsed only when its type says JSON and it is`() throws {
    let worker = try worker(1)
    let bodies: [(String, String, JSONValue)] = [
      ("text/html", "{}", .null), ("application/json", "{oops", .null),
      ("Application/JSON ", "7", 7),
      ("application/jsonp", "{}", .null), ("", "{}", .null),
    ]
    for (number, (type, body, expected)) in bodies.enumerated() {
      try worker.call(UInt32(number + 1), ["use": "http", "url": "https://a.test/"])
      let request = try worker.request()
      try worker.reply(
        request, ["status": 200, "headers": ["content-type": .text(type)]], body: Array(body.utf8))
      #expect(try worker.result(UInt32(number + 1)).json["value"]?["json"] == expected)
    }
  }

  @Test func `a body of several megabytes arrives whole`() throws {
    let worker = try worker(1)
    try worker.call(1, ["use": "http", "url": "https://a.test/"])
    let body = [UInt8](repeating: 7, count: 10 << 20)
    try worker.reply(try worker.request(), ["status": 200, "headers": [:]], body: body)
    #expect(try worker.result(1).json["value"]?["body_size"] == .integer(10 << 20))
  }

  @Test(arguments: [1, 4]) func `an error has its class and every text`(calls: Int) throws {
    let worker = try worker(calls)
    try worker.call(1, ["use": "credential", "name": "shop"])
    let request = try worker.request()
    #expect(request.service == .credential)
    #expect(try json(request) == ["name": "shop"])
    try worker.reply(
      request,
      [
        "code": "no_grant", "message": "not granted", "provider_code": "E1",
        "retry_after_ms": 250, "detail": ["a": 1],
      ], status: 2)
    #expect(
      try worker.result(1).json == [
        "status": 2, "code": "no_grant", "message": "not granted", "provider_code": "E1",
        "retry_after_ms": 250, "class": 2, "detail": ["a": 1],
      ])
  }

  @Test func `an interface that was not granted is not there`() throws {
    let worker = try worker(1, services: ["jackfield.records/1", "jackfield.unknown/1"])
    try worker.call(1, ["use": "http", "url": "https://a.test/"])
    #expect(try worker.result(1).json["code"] == "not_granted")
    try worker.call(2, ["use": "mail"])
    #expect(try worker.result(2).json["code"] == "not_granted")
    try worker.call(3, ["use": "stop"])
    #expect(try worker.result(3).json["code"] == "not_granted")
  }

  @Test(arguments: [1, 4]) func `the functions over records ask for what they say`(
    calls: Int
  ) throws {
    let worker = try worker(calls)
    try worker.call(1, ["use": "get", "id": "r1"])
    var request = try worker.request()
    #expect(request.service == .recordsGet)
    #expect(try json(request) == ["collection": "thing", "id": "r1"])
    try worker.reply(request, ["id": "r1", "version": 3])
    #expect(try worker.result(1).json["value"] == ["id": "r1", "version": 3])

    try worker.call(2, ["use": "query", "limit": 5])
    request = try worker.request()
    #expect(request.service == .recordsQuery)
    #expect(try json(request)["query"] == ["use": "query", "limit": 5])
    try worker.reply(request, ["records": []])
    #expect(try worker.result(2).status == 0)

    try worker.call(3, ["use": "put", "fields": ["a": 1]])
    request = try worker.request()
    #expect(request.service == .recordsPut)
    #expect(
      try json(request) == ["collection": "thing", "id": "", "version": -1, "fields": ["a": 1]])
    try worker.reply(request, ["id": "new"])
    #expect(try worker.result(3).json["value"] == ["id": "new"])

    try worker.call(5, ["use": "put_now", "fields": ["a": 1]])
    request = try worker.request()
    #expect(request.service == .recordsPutNow)
    #expect(
      try json(request) == ["collection": "thing", "id": "", "version": 0, "fields": ["a": 1]])
    try worker.reply(request, ["id": "new"])
    #expect(try worker.result(5).json["value"] == ["id": "new"])

    try worker.call(4, ["use": "remove", "id": "r1"])
    request = try worker.request()
    #expect(request.service == .recordsRemove)
    #expect(try json(request) == ["collection": "thing", "id": "r1", "version": 4])
    try worker.reply(request, .null, status: 0)
    #expect(try worker.result(4).json == ["status": 0])
  }

  @Test(arguments: [1, 4]) func `the four functions over runs ask for what they say`(
    calls: Int
  ) throws {
    let worker = try worker(calls)
    let requests: [(JSONValue, ServiceID, JSONValue)] = [
      (["use": "start", "connector": "night"], .runsStart, ["connector": "night"]),
      (
        ["use": "start", "connector": "night", "event": .null, "options": ["subject": "s"]],
        .runsStart, ["connector": "night", "event": .null, "options": ["subject": "s"]]
      ),
      (
        ["use": "cancel_delays", "delays": [["identifier": "a"]]], .runsCancelDelays,
        ["delays": [["identifier": "a"]]]
      ),
      (
        ["use": "leave", "connector": "night", "word": "s"], .runsLeave,
        ["connector": "night", "subject": "s"]
      ),
      (["use": "stop", "word": "done"], .runsStop, ["reason": "done"]),
    ]
    for (index, (parameters, service, asked)) in requests.enumerated() {
      let number = UInt32(index + 1)
      try worker.call(number, parameters)
      let request = try worker.request()
      #expect(request.service == service)
      #expect(try json(request) == asked)
      try worker.reply(request, ["run": ["$deferred": 1]])
      let value = try worker.result(number).json["value"]
      #expect(value == (service == .runsStop ? nil : ["run": ["$deferred": 1]]))
    }
    try worker.call(9, ["use": "stop", "word": "x"])
    try worker.reply(
      try worker.request(), ["code": "runs_not_granted", "message": "no"], status: 2)
    #expect(try worker.result(9).json["code"] == "runs_not_granted")
  }

  @Test(arguments: [1, 4]) func `the two functions over events ask for what they say`(
    calls: Int
  ) throws {
    let worker = try worker(calls)
    let event: JSONValue = ["text": "hi", "items": [1, .null]]
    let news: JSONValue = ["state": "failed", "code": "gone"]
    let requests: [(JSONValue, ServiceID, JSONValue)] = [
      (
        ["use": "raise", "kind": "message", "key": "m1", "event": event], .eventsRaise,
        ["kind": "message", "key": "m1", "event": event]
      ),
      (
        ["use": "raise", "kind": "email", "event": [:]], .eventsRaise,
        ["kind": "email", "key": "", "event": [:]]
      ),
      (
        ["use": "settle", "key": "k-1-0-0", "news": news], .eventsSettle,
        ["key": "k-1-0-0", "news": news]
      ),
    ]
    for (index, (parameters, service, asked)) in requests.enumerated() {
      let number = UInt32(index + 1)
      try worker.call(number, parameters)
      let request = try worker.request()
      #expect(request.service == service)
      #expect(try json(request) == asked)
      try worker.reply(request, ["run": ["$deferred": 1]])
      #expect(try worker.result(number).json["value"] == ["run": ["$deferred": 1]])
    }
    try worker.call(9, ["use": "settle", "key": "k", "news": news])
    try worker.reply(
      try worker.request(), ["code": "runs_not_granted", "message": "no"], status: 2)
    #expect(try worker.result(9).json["code"] == "runs_not_granted")
  }

  @Test func `a mail's attachments follow each other behind the document`() throws {
    let worker = try worker(1)
    try worker.call(1, ["use": "mail", "to": ["a@b.test"], "subject": "hi"])
    let request = try worker.request()
    #expect(request.service == .mailSend)
    #expect(
      try json(request) == [
        "to": ["a@b.test"], "subject": "hi", "text": "hello",
        "attachments": [
          ["name": "a.txt", "type": "", "size": 3], ["name": "b.txt", "type": "", "size": 4],
        ],
      ])
    #expect(String(decoding: request.body, as: UTF8.self) == "onetwos")
    try worker.reply(request, ["message_id": "m"])
    #expect(try worker.result(1).json["value"] == ["message_id": "m"])
  }

  @Test(arguments: [1, 4]) func `a blob is written and read in pieces`(calls: Int) throws {
    let worker = try worker(calls)
    let named: JSONValue = ["blob": "sha256-1", "name": "b"]
    try worker.call(1, ["use": "blob", "piece": "hello", "blob": named, "offset": 7])
    func next(
      _ service: ServiceID, _ asked: JSONValue, _ answer: JSONValue, body: [UInt8] = []
    ) throws -> [UInt8] {
      let request = try worker.request()
      #expect(request.service == service)
      #expect(try json(request) == asked)
      try worker.reply(request, answer, body: body)
      return Array(request.body)
    }
    _ = try next(.blobsCreate, ["type": "text/plain", "name": "a.txt"], ["draft": 41])
    #expect(try next(.blobsAppend, ["draft": 41], [:]) == Array("hello".utf8))
    _ = try next(.blobsFinish, ["draft": 41], ["blob": "sha256-2"])
    _ = try next(.blobsLook, ["blob": named], ["blob": "sha256-1", "bytes": 9])
    _ = try next(
      .blobsRead, ["blob": named, "offset": 7, "size": 4], [:], body: Array("lo".utf8))
    #expect(
      try worker.result(1).json["value"] == [
        "draft": 41, "made": ["blob": "sha256-2"], "seen": ["blob": "sha256-1", "bytes": 9],
        "read": "lo",
      ])
  }

  @Test func `a host that gives more than there is room for is not believed`() throws {
    let worker = try worker(1)
    try worker.call(1, ["use": "blob", "piece": "x", "blob": "sha256-1"])
    for answer in [["draft": 1], [:], ["blob": "sha256-2"], ["blob": "sha256-1"]] as [JSONValue] {
      try worker.reply(try worker.request(), answer)
    }
    try worker.reply(try worker.request(), [:], body: [1, 2, 3, 4, 5])
    let result = try worker.result(1).json
    #expect(result["status"] == 9 || result["code"] == "reply_malformed", "\(result)")
  }

  @Test(arguments: [1, 4]) func `perform keeps as many requests open as it was told`(
    calls: Int
  ) throws {
    let worker = try worker(calls)
    try worker.call(1, ["use": "perform", "at_once": 3])
    var open = [try worker.request(), try worker.request(), try worker.request()]
    #expect(Set(open.map(\.exchange)) == [1, 2, 3])
    // Answered from the last to the first; the fourth goes out when the first answer is in.
    try worker.reply(open.removeLast(), ["status": 203, "headers": [:]])
    open.insert(try worker.request(), at: 0)
    try worker.reply(
      open.removeLast(), ["code": "no_connection", "message": "none"], status: 6)
    for request in open.reversed() {
      try worker.reply(request, ["status": .integer(200 + Int64(request.exchange)), "headers": [:]])
    }
    let result = try worker.result(1).json
    #expect(result["status"] == 6)
    let ended = result["value"]?.asList ?? []
    #expect(ended.compactMap { $0["index"]?.asInteger } == [2, 1, 0, 3])
    #expect(ended[1] == ["index": 1, "status": 6, "code": "no_connection"])
    #expect(ended[3]["http"] == 204)
  }

  @Test(arguments: [1, 4]) func `a cancel ends the service that is awaited`(calls: Int) throws {
    let worker = try worker(calls)
    try worker.call(1, ["use": "credential", "name": "a"])
    _ = try worker.request()
    try worker.send(bare: .cancel, call: 1)
    let result = try worker.result(1)
    #expect(result.json["status"] == 6)
    #expect(result.json["code"] == "cancelled")
    // A reply that comes too late finds nobody.
    try worker.send(ReplyMessage(call: 1, exchange: 1, status: 0, json: [], body: []))
    try worker.call(2, ["use": "context"])
    #expect(try worker.result(2).status == 0)
  }

  @Test func `a cancel during perform ends every request of it`() throws {
    let worker = try worker(1)
    try worker.call(1, ["use": "perform", "at_once": 2])
    _ = try worker.request()
    _ = try worker.request()
    try worker.send(bare: .cancel, call: 1)
    let ended = try worker.result(1).json["value"]?.asList ?? []
    #expect(ended.count == 4)
    #expect(ended.allSatisfy { $0["code"] == "cancelled" })
  }

  @Test func `calls at once each get their own replies`() throws {
    let worker = try worker(4)
    for number in UInt32(1)...4 {
      try worker.call(number, ["use": "credential", "name": .text("n\(number)")])
    }
    let requests = try (1...4).map { _ in try worker.request() }
    for request in requests.reversed() { try worker.reply(request, try json(request)) }
    for number in UInt32(1)...4 {
      #expect(try worker.result(number).json["value"] == ["name": .text("n\(number)")])
    }
  }

  @Test func `a call knows its key, its context and its budget, and says how far it is`() throws {
    let worker = try worker(1)
    try worker.call(7, ["use": "context"], context: ["run": 12, "project": "p"])
    let progress = try worker.next { if case .progress(let it) = $0 { it } else { nil } }
    let expected: JSONValue = [
      "key": "key-7", "has_budget": 1, "context": ["run": 12, "project": "p"],
    ]
    #expect(try JSONValue(parsing: Array(progress.json)) == expected)
    #expect(try worker.log().call == 7)
    #expect(try worker.result(7).json == expected)
    try worker.call(8, ["use": "context"], budgetMS: -1)
    #expect(try worker.result(8).json["has_budget"] == 0)
  }

  @Test func `an answer of the host that is no JSON is a bug to the plugin`() throws {
    let worker = try worker(1)
    try worker.call(1, ["use": "credential", "name": "a"])
    let request = try worker.request()
    try worker.send(
      ReplyMessage(
        call: request.call, exchange: request.exchange, status: 0, json: [0x7B], body: []))
    #expect(try worker.result(1).json["code"] == "reply_malformed")
  }
}

// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

@Suite struct ListenerTests {
  static func code(_ body: String) throws -> String? {
    try JSONValue(parsing: body)["error"]?["code"]?.asText
  }

  @Test func `a request comes in as it was sent and its answer goes out`() throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    client.send(
      "POST /hook/a%2Fb?x=%20y&z HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\n"
        + "X-Text: \"q\"\\\r\nContent-Length: 5\r\n\r\nhello")
    let request = try listener.next()
    #expect(request.head["method"] == "POST")
    #expect(request.head["path"] == "/hook/a%2Fb")
    #expect(request.head["query"] == "x=%20y&z")
    #expect(request.head["peer"]?.asText?.hasPrefix("127.0.0.1:") == true)
    #expect(request.header("X-Two") == ["1"] && request.header("x-two") == ["2"])
    #expect(request.header("X-Text") == ["\"q\"\\"])
    #expect(request.text == "hello")
    try listener.respond(
      request.exchange, status: 202, headers: ["X-Id": "7", "Content-Length": "999"], body: "done")
    let (status, head, body) = client.response()
    #expect(status == 202)
    #expect(head.contains("X-Id: 7"))
    #expect(head.contains("Content-Length: 4"))
    #expect(body == "done")
  }

  @Test func `a chunked body is put together`() throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    client.send("6;x=y\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n")
    let request = try listener.next()
    #expect(request.text == "hello world")
    try listener.respond(request.exchange)
    #expect(client.response().status == 200)
  }

  @Test func `a body that arrives byte by byte is whole`() throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    for byte in Array("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".utf8) {
      client.send([byte])
    }
    #expect(try listener.next().text == "abc")
  }

  @Test func `pipelined requests are answered in their order`() throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    client.send(
      (1...3).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
    for number in 1...3 {
      let request = try listener.next()
      #expect(request.head["path"]?.asText == "/\(number)")
      try listener.respond(request.exchange, body: "\(number)")
      #expect(client.response().body == "\(number)")
    }
  }

  @Test func `an answer given before the request is handed over is sent`() throws {
    let listener = try ListenerUnderTest()
    listener.answerAtOnce("early")
    let client = try RawConnection(listener.port)
    for _ in 0..<50 {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.response().body == "early")
    }
  }

  @Test func `a host that is behind answers 503 with Retry-After`() throws {
    let listener = try ListenerUnderTest()
    listener.setBusy(true)
    let client = try RawConnection(listener.port)
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    let (status, head, body) = client.response()
    #expect(status == 503)
    #expect(head.contains("Retry-After: 1"))
    #expect(try Self.code(body) == "busy")
    listener.setBusy(false)
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    try listener.respond(try listener.next().exchange)
    #expect(client.response().status == 200)
  }

  @Test func `a host that does not answer is answered for`() throws {
    let listener = try ListenerUnderTest(["pending_timeout_ms": 50])
    let client = try RawConnection(listener.port)
    for _ in 0..<3 {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      let (status, _, body) = client.response()
      #expect(status == 504)
      #expect(try Self.code(body) == "no_answer")
      // What comes later is for nobody.
      try listener.respond(try listener.next().exchange)
    }
    try listener.respond(4_000_000)
  }

  // MARK: - Limits

  @Test func `a body that says it is too large is refused unread`() throws {
    let listener = try ListenerUnderTest(["max_body_bytes": 1_000])
    let client = try RawConnection(listener.port)
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000000\r\n\r\nxxxx")
    let (status, head, body) = client.response()
    #expect(status == 413)
    #expect(head.contains("Connection: close"))
    #expect(try Self.code(body) == "body_too_large")
    #expect(listener.waitingCount == 0)
  }

  @Test func `a chunked body that grows too large is refused and cut off`() throws {
    let listener = try ListenerUnderTest(["max_body_bytes": 1_000])
    let client = try RawConnection(listener.port)
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"
    var sent = 0
    while sent < 200_000_000, client.send(chunk) { sent += chunk.utf8.count }
    #expect(sent < 100_000_000, "the listener went on reading")
    let (status, _, body) = client.response()
    #expect(status == 413)
    #expect(try Self.code(body) == "body_too_large")
    #expect(listener.waitingCount == 0)
  }

  @Test func `a body at the limit is taken`() throws {
    let listener = try ListenerUnderTest(["max_body_bytes": 100_000])
    let client = try RawConnection(listener.port)
    let body = String(repeating: "y", count: 100_000)
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + body)
    #expect(try listener.next().text == body)
  }

  @Test func `headers over the limit are refused`() throws {
    let listener = try ListenerUnderTest(["max_header_bytes": 4_096])
    let client = try RawConnection(listener.port)
    client.send(
      "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 5_000))\r\n\r\n")
    let (status, _, body) = client.response()
    #expect(status == 431)
    #expect(try Self.code(body) == "headers_too_large")
    let flood = try RawConnection(listener.port)
    flood.send("GET / HTTP/1.1\r\nHost: h\r\n")
    for _ in 0..<100_000 where !flood.send("X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n") { break }
    #expect([431, 0].contains(flood.response().status))
    #expect(listener.waitingCount == 0)
  }

  // MARK: - What is no request

  @Test(arguments: [
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nhello",
    "GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
  ])
  func `what is no clear request never comes in`(_ bytes: String) throws {
    let listener = try ListenerUnderTest(["idle_timeout_ms": 1_000])
    let client = try RawConnection(listener.port)
    client.send(bytes)
    let answer = client.rest()
    let status = Int(answer.split(separator: " ").dropFirst().first ?? "0") ?? 0
    #expect(answer.isEmpty || (400...505).contains(status), "\(answer)")
    #expect(listener.waitingCount == 0, "\(bytes)")
    let next = try RawConnection(listener.port)
    next.send("GET /alive HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try listener.next().head["path"] == "/alive")
  }

  @Test func `random bytes do no harm`() throws {
    let listener = try ListenerUnderTest(["idle_timeout_ms": 1_000])
    var state: UInt64 = 42
    for _ in 0..<200 {
      let client = try RawConnection(listener.port)
      var bytes: [UInt8] = []
      for _ in 0..<300 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
      }
      client.send(bytes)
    }
    let client = try RawConnection(listener.port)
    client.send("GET /alive HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try listener.next().head["path"] == "/alive")
  }

  // MARK: - Coming and going

  @Test func `callers that go away while they wait are forgotten`() throws {
    let listener = try ListenerUnderTest(["max_connections": 20])
    for _ in 0..<60 {
      let client = try RawConnection(listener.port)
      client.send("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n")
      let request = try listener.next()
      client.close()
      try listener.respond(request.exchange, body: String(repeating: "x", count: 100_000))
    }
    // More than the connections there may be: each of them was given up.
    let client = try RawConnection(listener.port)
    client.send("GET /alive HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try listener.next().head["path"] == "/alive")
  }

  @Test func `a slow caller does not hold up the others`() throws {
    let listener = try ListenerUnderTest()
    let slow = try RawConnection(listener.port)
    slow.send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123")
    let quick = try RawConnection(listener.port)
    quick.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try listener.next().head["path"] == "/quick")
    slow.send("4567890")
    #expect(try listener.next().text == "1234567890")
  }

  @Test func `an idle connection is closed`() throws {
    let listener = try ListenerUnderTest(["idle_timeout_ms": 1_000])
    let client = try RawConnection(listener.port)
    client.send("GET / HTT")
    #expect(client.rest() == "")
  }

  @Test(arguments: [
    "POST /slow HTTP/1.1\r\nHost: a\r\n",
    "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123",
    "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n",
  ])
  func `a request that does not come to its end in time is cut off with 408`(
    _ part: String
  ) throws {
    let listener = try ListenerUnderTest(["request_timeout_ms": 200])
    let client = try RawConnection(listener.port)
    client.send(part)
    let (status, _, body) = client.response()
    #expect(status == 408)
    #expect(try Self.code(body) == "too_slow")
    #expect(client.rest().isEmpty)
    let silent = try RawConnection(listener.port)
    #expect(silent.rest().isEmpty, "who sends nothing is told nothing")
    #expect(listener.waitingCount == 0)
  }

  /// Byte after byte, so that no time without one is long enough to be idle.
  @Test func `bytes that come one by one buy no more than their time`() throws {
    let listener = try ListenerUnderTest([
      "request_timeout_ms": 200, "body_bytes_per_second": 1_000_000_000,
    ])
    let client = try RawConnection(listener.port)
    client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n")
    var sent = 0
    while sent < 1_048_575, client.send("x") { sent += 1 }
    #expect(sent < 1_048_575, "the listener went on reading")
    #expect(listener.waitingCount == 0)
  }

  @Test func `a body that keeps to the least rate has its time`() throws {
    let listener = try ListenerUnderTest([
      "request_timeout_ms": 200, "body_bytes_per_second": 1, "idle_timeout_ms": 60_000,
    ])
    let client = try RawConnection(listener.port)
    client.send("POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
    client.send(String(repeating: "x", count: 1_000))
    // Longer than the time without a body: another one that sends nothing is cut off meanwhile.
    let other = try RawConnection(listener.port)
    #expect(other.rest().isEmpty)
    client.send("x")
    #expect(try listener.next().body.count == 1_001)
  }

  @Test func `half-sent requests shut nobody out`() throws {
    let listener = try ListenerUnderTest(["max_connections": 40, "crowded_timeout_ms": 200])
    let halves = try (0..<200).map { _ in try RawConnection(listener.port) }
    for half in halves { half.send("POST /half HTTP/1.1\r\nHost: a\r\n") }
    let client = try RawConnection(listener.port)
    client.send("GET /whole HTTP/1.1\r\nHost: h\r\n\r\n")
    let request = try listener.next()
    #expect(request.head["path"] == "/whole")
    // What the host has is not given up for those who come later.
    let more = try (0..<100).map { _ in try RawConnection(listener.port) }
    for half in more { half.send("POST /half HTTP/1.1\r\nHost: a\r\n") }
    try listener.respond(request.exchange)
    #expect(client.response().status == 200)
  }

  @Test func `an address with many unfinished requests gets less time for them`() throws {
    let listener = try ListenerUnderTest([
      "max_unfinished_per_address": 3, "crowded_timeout_ms": 200,
    ])
    let halves = try (0..<4).map { _ in try RawConnection(listener.port) }
    for half in halves { half.send("POST /half HTTP/1.1\r\nHost: a\r\n") }
    #expect(halves[0].response().status == 408)
  }

  @Test(arguments: [(150, nil), (193, 414), (500, 414), (1_500, 414)] as [(Int, Int?)])
  func `a query of too many parameters is told so`(_ count: Int, _ status: Int?) throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    let query = (0..<count).map { "p\($0)=1" }.joined(separator: "&")
    client.send("GET /many?\(query) HTTP/1.1\r\nHost: h\r\n\r\n")
    guard let status else {
      #expect(try listener.next().head["query"]?.asText == query)
      return
    }
    let (found, _, body) = client.response()
    #expect(found == status)
    #expect(try Self.code(body) == "too_many_parameters")
    #expect(listener.waitingCount == 0)
  }

  @Test func `a stopped listener answers what is open and accepts nothing more`() throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    client.send("GET /open HTTP/1.1\r\nHost: h\r\n\r\n")
    let request = try listener.next()
    listener.stop()
    #expect(!Loopback.accepts(listener.port))
    try listener.respond(request.exchange, body: "last")
    listener.close()
    let answer = client.rest()
    #expect(answer.hasSuffix("last"))
    #expect(answer.contains("Connection: close"))
  }

  @Test(arguments: [
    (["X": "a\r\nb"], 500), (["X\r\nY": "a"], 500), (["X": 1], 500), (["Connection": "x"], 200),
  ] as [(JSONValue, Int)])
  func `an answer's headers cannot write other ones`(_ headers: JSONValue, _ status: Int) throws {
    let listener = try ListenerUnderTest()
    let client = try RawConnection(listener.port)
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    try listener.respond(try listener.next().exchange, headers: headers)
    #expect(client.response().status == status)
  }
}

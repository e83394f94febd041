// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

@Suite struct HTTPTransportTests {
  let transport: Transport

  init() throws { transport = try Transport.http() }

  /// A server that answers by a script; with none it echoes what it got.
  func server(_ rules: JSONValue = [], _ arguments: [String] = []) throws -> PythonServer {
    try PythonServer("http_target", ["--script", rules.json] + arguments)
  }

  func echo(_ end: Transport.End) throws -> JSONValue { try JSONValue(parsing: end.body) }

  @Test func `a request arrives as it was described and its answer comes back`() throws {
    let server = try server()
    let end = try transport.send(
      [
        "method": "POST", "url": .text(server.url + "/a/b?c=d"),
        "headers": ["X-One": "1", "X-Two": ["2", "3"], "Content-Type": "text/plain", "X-None": ""],
      ], body: Array("hello".utf8))
    #expect(end.status == 200)
    #expect(end.lefts == 1)
    #expect(end.head["url"]?.asText == server.url + "/a/b?c=d")
    #expect(end.head["headers"]?["content-type"]?.asText == "application/json")
    let seen = try echo(end)
    #expect(seen["method"] == "POST")
    #expect(seen["query"] == "c=d")
    #expect(seen["body"] == "hello")
    #expect(seen["headers"]?["x-one"] == "1")
    #expect(seen["headers"]?["x-none"] == "")
    #expect(seen["headers"]?["content-type"] == "text/plain")
    #expect(seen["headers"]?["expect"] == nil)
    #expect(seen["headers"]?["content-length"] == "5")
  }

  @Test(arguments: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "POST"])
  func `every method goes out with and without a body`(_ method: String) throws {
    let server = try server()
    let request: JSONValue = ["method": .text(method), "url": .text(server.url)]
    let bare = try echo(try transport.send(request))
    #expect(bare["method"]?.asText == method)
    #expect(bare["body"] == "")
    #expect(bare["headers"]?["content-type"] == nil)
    let full = try echo(try transport.send(request, body: Array("x=1".utf8)))
    #expect(full["method"]?.asText == method)
    #expect(full["body"] == "x=1")
    #expect(full["headers"]?["content-type"] == nil)
  }

  @Test func `a HEAD request has headers and no body`() throws {
    let server = try server([["body": "12345"]])
    let end = try transport.send(["method": "HEAD", "url": .text(server.url)])
    #expect(end.status == 200)
    #expect(end.body.isEmpty)
    #expect(end.head["headers"]?["content-length"] == "5")
  }

  @Test(arguments: [400, 404, 500, 503] as [Int64])
  func `an error status is an answer`(_ status: Int64) throws {
    let server = try server([["status": .integer(status), "body": "no"]])
    let end = try transport.send(["url": .text(server.url)])
    #expect(end.status == status)
    #expect(end.text == "no")
  }

  // MARK: - What never leaves

  @Test(arguments: [
    "http://127.0.0.1:1/\r\nX: y", "http://127.0.0.1:1/a b", "http://127.0.0.1:1/\u{0}",
    "http://a\\b/", "http://user:pass@127.0.0.1:1/", "http://user@127.0.0.1/", "ftp://h/",
    "file:///etc/passwd", "//h/", "h", "", "http://", "http://[fe80::1%25eth0]/", "http://h:0/",
    "http://h:99999/", "http://h\t/", "http://h/\u{85}", "gopher://h/", "http://h\u{7F}/",
  ])
  func `a bad URL is refused before anything connects`(_ url: String) throws {
    let end = try transport.send(["url": .text(url)])
    #expect(end.errorClass == "invalid_input")
    #expect(end.code == "bad_url")
    #expect(end.left == false)
    #expect(end.lefts == 0)
  }

  @Test(arguments: [
    ["A\r\nB": "x"], ["A": "x\r\nB: y"], ["A": "x\ny"], ["A": "x\u{0}y"], ["A": "x\ry"],
    ["A b": "x"], ["A:": "x"], ["": "x"], ["Host": "x"], ["content-LENGTH": "1"],
    ["Transfer-Encoding": "chunked"], ["Connection": "close"], ["A": 1], ["A": ["x", "\n"]],
    ["Ä": "x"], ["A": "x\u{7F}"],
  ] as [JSONValue])
  func `a header that would write another one is refused`(_ headers: JSONValue) throws {
    let end = try transport.send(["url": "http://127.0.0.1:1/", "headers": headers])
    #expect(end.errorClass == "invalid_input")
    #expect(end.code == "bad_header")
    #expect(end.left == false)
  }

  @Test(arguments: ["GET /x HTTP/1.1\r\nA: b", "G T", "CONNECT", "G\u{0}T"])
  func `a method that is no token is refused`(_ method: String) throws {
    let end = try transport.send(["url": "http://127.0.0.1:1/", "method": .text(method)])
    #expect(end.code == "bad_method")
  }

  @Test(arguments: [
    ["bearer": "a\r\nX: y"], ["header": "X\r\n", "value": "long-secret"],
    ["header": "Host", "value": "long-secret"], ["header": "X", "value": "a\nb"],
    ["basic": ["user": "a:b", "password": "c"]], ["basic": ["user": "a"]], [:],
    ["query": "k", "value": "a\u{0}b"],
  ] as [JSONValue])
  func `a credential that cannot be applied is refused`(_ auth: JSONValue) throws {
    let end = try transport.send(["url": "http://127.0.0.1:1/", "auth": auth])
    #expect(end.errorClass == "invalid_input")
    #expect(end.code == "bad_credential")
    #expect(!end.head.json.contains("long-secret"))
  }

  @Test func `a host that is not granted is denied`() throws {
    let grants: [(JSONValue, String, Bool)] = [
      (["api.example"], "http://api.example.evil/", false), ([], "http://127.0.0.1:1/", false),
      (["127.0.0.1:2"], "http://127.0.0.1:1/", false), (["127.0.0.1:1"], "http://127.0.0.1:1/", true),
      (["127.0.0.1"], "http://127.0.0.1:1/", true), (["*"], "http://127.0.0.1:1/", true),
      (["*.localhost"], "http://localhost:1/", false), (["localhost"], "http://LOCALHOST:1/", true),
      (["*.localhost"], "http://a.localhost:1/", true), (["[::1]:1"], "http://[::1]:1/", true),
      (["*.0.0.1"], "http://127.0.0.1:1/", true), (["localhost"], "http://localhost.:1/", false),
    ]
    for (grant, url, isGranted) in grants {
      let end = try transport.send(["url": .text(url), "allow_hosts": grant])
      #expect(end.code == (isGranted ? "connect_failed" : "host_not_granted"), "\(grant) \(url)")
      #expect(end.errorClass == (isGranted ? "unavailable" : "denied"))
    }
  }

  @Test(arguments: [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "[::ffff:7f00:1]",
    "localhost", "[::1]", "１２７．０．０．１",
  ])
  func `with public_only no spelling of the loopback is connected to`(_ host: String) throws {
    let listener = try ListenerUnderTest()
    let end = try transport.send([
      "url": .text("http://\(host):\(listener.port)/"), "public_only": true,
    ])
    #expect(["address_not_allowed", "name_not_resolved", "bad_url"].contains(end.code))
    #expect(end.left == false)
    #expect(listener.waitingCount == 0)
  }

  @Test func `a connection that was kept open is no way around public_only`() throws {
    let server = try server()
    let url = JSONValue.text(server.url)
    #expect(try transport.send(["url": url]).status == 200)
    let end = try transport.send(["url": url, "public_only": true])
    #expect(end.code == "address_not_allowed")
    #expect(end.left == false)
    #expect(server.requestLines.count == 1)
  }

  // MARK: - What fails on the way

  @Test func `no server means that nothing left`() throws {
    let end = try transport.send(["url": "http://127.0.0.1:1/"])
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "connect_failed")
    #expect(end.left == false)
    #expect(end.lefts == 0)
  }

  @Test func `a name without an address means that nothing left`() throws {
    let end = try transport.send(["url": "http://no-such-host.invalid/"])
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "name_not_resolved")
    #expect(end.left == false)
  }

  @Test func `a certificate of an unknown authority means that nothing left`() throws {
    let folder = TemporaryFolder()
    let server = try server([], ["--certificates", folder.path])
    let url = "https://127.0.0.1:\(server.port)/"
    let end = try transport.send(["url": .text(url)])
    #expect(end.code == "tls_failed")
    #expect(end.errorClass == "unavailable")
    #expect(end.left == false)
    let trusted = try transport.send(["url": .text(url), "ca_file": .text(folder("ca.pem"))])
    #expect(trusted.status == 200)
    #expect(trusted.lefts == 1)
  }

  @Test(arguments: ["before", "head", "body"])
  func `a server that closes in the middle leaves the outcome unknown`(_ place: String) throws {
    let server = try server([["close": .text(place)]])
    let end = try transport.send(
      ["method": "POST", "url": .text(server.url)], body: Array("pay".utf8))
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.code == "no_answer")
    #expect(end.left == true)
    #expect(end.lefts == 1)
    #expect(server.requestLines.count == 1)
  }

  @Test func `a POST on a kept connection that was closed is not written twice`() throws {
    let server = try server([["method": "POST", "close": "before"]])
    #expect(try transport.send(["url": .text(server.url)]).status == 200)
    let end = try transport.send(
      ["method": "POST", "url": .text(server.url)], body: Array("pay".utf8))
    #expect(end.code == "no_answer")
    #expect(end.left == true)
    #expect(server.requestLines.count { $0.contains("\"POST\"") } == 1)
  }

  @Test func `a server that never answers is timed out, and the outcome unknown`() throws {
    let server = try server([["hang": true]])
    let end = try transport.send(["url": .text(server.url), "timeout_ms": 300])
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.code == "timeout")
    #expect(end.left == true)
  }

  @Test func `an abort ends an exchange and says whether it had left`() throws {
    let server = try server([["hang": true]])
    let exchange = try transport.submit(["url": .text(server.url)])
    try transport.waitForLeft(exchange)
    transport.abort(exchange)
    let end = try transport.wait(exchange)
    #expect(end.code == "aborted")
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.left == true)
    transport.abort(exchange)
    transport.abort(987_654)
    #expect(try transport.send(["url": "http://127.0.0.1:1/"]).code == "connect_failed")
  }

  @Test func `an abort before a connection stands says that nothing left`() throws {
    // A full queue: the kernel completes no more handshakes.
    let (descriptor, port) = try Loopback.listen(queue: 0)
    defer { Loopback.close(descriptor) }
    let fillers = try (0..<3).map { _ in try RawConnection(port, waits: false) }
    let exchange = try transport.submit(["url": .text("http://127.0.0.1:\(port)/")])
    transport.abort(exchange)
    let end = try transport.wait(exchange)
    #expect(end.code == "aborted")
    #expect(end.errorClass == "unavailable")
    #expect(end.left == false)
    withExtendedLifetime(fillers) {}
  }

  // MARK: - Limits

  @Test func `a response over the limit fails, and one at the limit does not`() throws {
    let server = try server([["body": "0123456789"]])
    let request: (Int64) -> JSONValue = {
      ["url": .text(server.url), "max_response_bytes": .integer($0)]
    }
    #expect(try transport.send(request(10)).text == "0123456789")
    let end = try transport.send(request(9))
    #expect(end.errorClass == "failed")
    #expect(end.code == "response_too_large")
    // Whoever reads it knows the parameter of the action, not the field of the request.
    #expect(end.message.hasSuffix("bytes: allow more, or ask for less"), "\(end.message)")
    #expect(end.left == true)
  }

  @Test func `the limit counts what a compressed body becomes`() throws {
    let server = try server([["body": "0123456789", "repeat": 1_000_000, "gzip": true]])
    let end = try transport.send(["url": .text(server.url)])
    #expect(end.code == "response_too_large")
    let whole = try transport.send([
      "url": .text(server.url), "max_response_bytes": 10_000_000,
    ])
    #expect(whole.body.count == 10_000_000)
    #expect(whole.head["headers"]?["content-encoding"] == nil)
  }

  @Test func `headers without end fail`() throws {
    let listener = try RawServer { connection in
      connection.send("HTTP/1.1 200 OK\r\n")
      let line = "X-Filler: " + String(repeating: "x", count: 8_000) + "\r\n"
      while connection.send(line) {}
    }
    let end = try transport.send(["url": .text(listener.url)])
    #expect(end.code == "response_headers_too_large")
    #expect(end.left == true)
  }

  @Test func `bytes that are no text come back as text that is JSON`() throws {
    let listener = try RawServer { connection in
      connection.send(Array("HTTP/1.1 200 OK\r\nX-Latin: caf".utf8) + [0xE9])
      connection.send("\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\n")
      connection.send([0xFF, 0x00])
    }
    let end = try transport.send(["url": .text(listener.url)])
    #expect(end.head["headers"]?["x-latin"] == "café")
    #expect(end.head["headers"]?["x-a"] == "1, 2")
    #expect(end.body == [0xFF, 0x00])
  }

  @Test func `an answer that is no HTTP leaves the outcome unknown`() throws {
    let listener = try RawServer { $0.send("SSH-2.0-OpenSSH\r\n\r\n") }
    let end = try transport.send(["url": .text(listener.url)])
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.left == true)
  }

  @Test func `an interim answer is not the answer`() throws {
    let listener = try RawServer { connection in
      connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    let end = try transport.send(["url": .text(listener.url)])
    #expect(end.status == 200)
    #expect(end.head["headers"]?["x-early"] == nil)
    #expect(end.text == "ok")
  }

  @Test func `two thousand exchanges are open at once`() throws {
    let listener = try ListenerUnderTest(["max_connections": 4_096])
    let url = JSONValue.text("http://127.0.0.1:\(listener.port)/hook")
    let count = 2_000
    let exchanges = try (0..<count).map { number in
      try transport.submit(
        ["method": "POST", "url": url, "timeout_ms": 120_000], body: Array("\(number)".utf8))
    }
    // Every one of them has arrived and none was answered: all are open.
    let requests = try listener.all(count)
    for request in requests { try listener.respond(request.exchange, body: request.text) }
    for (number, exchange) in exchanges.enumerated() {
      let end = try transport.wait(exchange)
      #expect(end.status == 200)
      #expect(end.text == "\(number)")
      #expect(end.lefts == 1)
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

@Suite struct RedirectTests {
  let transport: Transport

  init() throws { transport = try Transport.http() }

  func server(_ rules: JSONValue = []) throws -> PythonServer {
    try PythonServer("http_target", ["--script", rules.json])
  }

  /// A server that sends everything at `/from` on to a URL.
  func redirecting(_ status: Int64, to location: String, body: String = "moved") throws
    -> PythonServer
  {
    try server([
      [
        "path": "/from", "status": .integer(status), "body": .text(body),
        "headers": ["Location": .text(location)],
      ]
    ])
  }

  func echo(_ end: Transport.End) throws -> JSONValue { try JSONValue(parsing: end.body) }

  @Test func `without a number of redirects the redirect is the answer`() throws {
    let server = try redirecting(302, to: "/to")
    let end = try transport.send(["url": .text(server.url + "/from")])
    #expect(end.status == 302)
    #expect(end.text == "moved")
    #expect(end.head["headers"]?["location"] == "/to")
    #expect(end.head["hops"] == nil)
  }

  @Test func `the answer says where redirects led, also in between`() throws {
    let target = try server()
    let middle = try redirecting(307, to: target.url + "/to")
    let start = try redirecting(302, to: middle.url + "/from")
    let end = try transport.send(["url": .text(start.url + "/from"), "max_redirects": 2])
    #expect(end.status == 200)
    let hops = [middle, target].map { JSONValue.text("127.0.0.1:\($0.port)") }
    #expect(end.head["hops"] == .list(hops))
  }

  @Test(arguments: [
    (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"),
    (301, "PUT", "PUT"), (307, "POST", "POST"), (308, "POST", "POST"), (303, "HEAD", "HEAD"),
    (302, "GET", "GET"), (302, "DELETE", "DELETE"),
  ] as [(Int64, String, String)])
  func `the method after a redirect`(_ status: Int64, _ before: String, _ after: String) throws {
    let server = try redirecting(status, to: "/to?x=1")
    let hasBody = before == "POST" || before == "PUT"
    let end = try transport.send(
      [
        "method": .text(before), "url": .text(server.url + "/from"), "max_redirects": 1,
        "headers": ["Content-Type": "text/plain", "X-Mine": "1"],
      ], body: hasBody ? Array("body".utf8) : [])
    #expect(end.status == 200)
    #expect(end.lefts == 1)
    #expect(end.head["url"]?.asText == server.url + "/to?x=1")
    let last = try JSONValue(parsing: server.requestLines.last ?? "")
    #expect(last["method"]?.asText == after)
    #expect(last["body"]?.asText == (hasBody && after == before ? "body" : ""))
    #expect((last["headers"]?["content-type"] != nil) == (hasBody && after == before || !hasBody))
    #expect(last["headers"]?["x-mine"] == "1")
  }

  @Test func `another origin gets neither the credential nor the author's headers`() throws {
    let target = try server()
    let server = try redirecting(307, to: target.url + "/to")
    for auth in [
      ["bearer": "token-4711"], ["header": "X-Api-Key", "value": "token-4711"],
      ["basic": ["user": "u", "password": "token-4711"]], ["query": "key", "value": "token-4711"],
      ["signed": ["X-Signature": "token-4711", "X-Time": "1"]],
    ] as [JSONValue] {
      let end = try transport.send(
        [
          "method": "POST", "url": .text(server.url + "/from"), "max_redirects": 2, "auth": auth,
          "headers": [
            "X-Custom": "c", "Cookie": "a=b", "Authorization": "Basic eA==",
            "Accept": "application/json", "Content-Type": "text/plain",
          ],
        ], body: Array("body".utf8))
      #expect(end.status == 200)
      let seen = try echo(end)
      #expect(!seen.json.contains("token-4711"))
      let headers = try #require(seen["headers"])
      #expect(headers["x-custom"] == nil && headers["cookie"] == nil)
      #expect(headers["authorization"] == nil && headers["x-api-key"] == nil)
      #expect(headers["x-signature"] == nil && headers["x-time"] == nil)
      #expect(headers["accept"] == "application/json")
      #expect(headers["content-type"] == "text/plain")
      #expect(seen["query"] == "")
      #expect(seen["body"] == "body")
    }
    #expect(server.requestLines.allSatisfy { $0.contains("token-4711") || $0.contains("Basic ") })
  }

  @Test func `a credential does not come back with a redirect home`() throws {
    let home = try server()
    let away = try server([
      ["status": 302, "body": "", "headers": ["Location": .text(home.url + "/home")]]
    ])
    let start = try redirecting(302, to: away.url + "/away")
    let end = try transport.send([
      "url": .text(start.url + "/from"), "max_redirects": 5, "auth": ["bearer": "token-4711"],
    ])
    #expect(end.status == 200)
    #expect(home.requestLines.count == 1)
    #expect(!home.requestLines[0].contains("authorization"))
  }

  @Test func `a signature goes with the request that was signed and with no redirect`() throws {
    let server = try redirecting(307, to: "/to")
    let end = try transport.send(
      [
        "method": "POST", "url": .text(server.url + "/from"), "max_redirects": 1,
        "headers": ["x-signature": "mine"],
        "auth": ["signed": ["X-Signature": "sig-4711", "X-Time": "1"], "secrets": ["sig-4711"]],
      ], body: Array("body".utf8))
    #expect(end.status == 200)
    let seen = try server.requestLines.map { try JSONValue(parsing: $0)["headers"] }
    #expect(seen.map { $0?["x-signature"] } == ["sig-4711", "mine"])
    #expect(seen.map { $0?["x-time"] } == ["1", nil])
  }

  @Test func `the same origin gets the credential again`() throws {
    let server = try redirecting(302, to: "/to")
    let end = try transport.send([
      "url": .text(server.url + "/from"), "max_redirects": 1, "auth": ["bearer": "token-4711"],
    ])
    #expect(end.status == 200)
    #expect(server.requestLines.count { $0.contains("Bearer token-4711") } == 2)
    #expect(!end.text.contains("token-4711"))
  }

  @Test func `a redirect to a host that is not granted is denied`() throws {
    let target = try server()
    let server = try redirecting(302, to: target.url)
    let end = try transport.send([
      "url": .text(server.url + "/from"), "max_redirects": 5,
      "allow_hosts": [.text("127.0.0.1:\(server.port)")],
    ])
    #expect(end.errorClass == "denied")
    #expect(end.code == "host_not_granted")
    #expect(end.left == true)
    #expect(target.requestLines.isEmpty)
  }

  @Test func `redirects end after as many as were allowed`() throws {
    let server = try redirecting(302, to: "/from")
    let end = try transport.send(["url": .text(server.url + "/from"), "max_redirects": 3])
    #expect(end.errorClass == "failed")
    #expect(end.code == "too_many_redirects")
    #expect(server.requestLines.count == 4)
  }

  @Test(arguments: [
    "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "http://a b/", "http://",
    "//", "\\\\evil", "gopher://127.0.0.1/",
  ])
  func `a redirect to no good URL fails`(_ location: String) throws {
    let server = try redirecting(302, to: location)
    let end = try transport.send(["url": .text(server.url + "/from"), "max_redirects": 3])
    #expect(end.errorClass == "failed")
    #expect(end.code == "bad_redirect")
    #expect(end.left == true)
  }

  @Test func `what comes with a redirect does not count as the response`() throws {
    let server = try redirecting(302, to: "/to", body: String(repeating: "x", count: 50_000))
    let end = try transport.send([
      "url": .text(server.url + "/from"), "max_redirects": 1, "max_response_bytes": 5_000,
    ])
    #expect(end.status == 200)
    #expect(!end.text.contains("xxxx"))
  }
}

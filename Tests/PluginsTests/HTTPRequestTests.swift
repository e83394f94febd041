// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct HTTPRequestTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("http") }

  private func request(_ parameters: JSONValue) throws -> Outcome {
    try plugin.run("http.request", parameters, in: world)
  }

  /// The request that left, for parameters that are fine.
  private func sent(_ parameters: JSONValue) throws -> (head: JSONValue, body: String) {
    world.http = { _, _ in .json(200, [:]) }
    let outcome = try request(parameters)
    #expect(outcome.error == nil)
    let body = try #require(world.bodies.last)
    return (try #require(world.requests.last), String(decoding: body, as: UTF8.self))
  }

  @Test(arguments: [
    ("https://a.example/x y", "https://a.example/x%20y"),
    ("HTTPS://a.example", "https://a.example"),
    ("https://a.example/é?q=ü#part", "https://a.example/%C3%A9?q=%C3%BC"),
    ("https://a.example/50%/%41", "https://a.example/50%25/%41"),
    ("http://[::1]:8080/{a}|\"b\"", "http://[::1]:8080/%7Ba%7D%7C%22b%22"),
    (" https://a.example/ ", "https://a.example/"),
  ])
  func `what a URL cannot hold is encoded and nothing else`(_ given: String, _ expected: String)
    throws
  {
    #expect(try sent(["url": .text(given)]).head["url"]?.asText == expected)
  }

  @Test(arguments: [
    "", "  ", "ftp://a.example", "a.example/x", "https://", "https://user:pass@a.example/",
    "https://a.example\r\nX: y", "https://ü.example/", "https://a.example\\@b.example/",
    "https://a b.example/", "//a.example",
  ])
  func `a URL that is none is refused before anything leaves`(_ url: String) throws {
    // The schema wants one character at least; the plugin is asked about the rest.
    guard !url.isEmpty else { return }
    let outcome = try request(["url": .text(url)])
    #expect(outcome.errorClass == .invalidInput && outcome.code == "bad_url", "\(outcome)")
    #expect(world.requests.isEmpty)
  }

  @Test func `a query joins the one that is there`() throws {
    let first = try sent([
      "url": "https://a.example/?a=1", "body_kind": "query",
      "body": ["b": "x&y", "list": [1, true], "none": .null],
    ])
    #expect(first.head["url"] == "https://a.example/?a=1&b=x%26y&list=1&list=true&none=")
    #expect(first.body.isEmpty)
  }

  @Test func `bodies are written by their kind, with its content type`() throws {
    let url: JSONValue = "https://a.example"
    let form = try sent([
      "url": url, "method": "POST", "body_kind": "form", "body": ["a": "x y", "b": 2.50],
    ])
    #expect(form.body == "a=x+y&b=2.5")
    #expect(form.head["headers"]?["Content-Type"] == "application/x-www-form-urlencoded")
    let text = try sent([
      "url": url, "method": "POST", "body_kind": "json", "body": "{\"a\": [1, 2]}",
    ])
    #expect(text.body == "{\"a\": [1, 2]}")
    let raw = try sent([
      "url": url, "method": "PUT", "body_kind": "raw", "body": "<a/>", "content_type": "text/xml",
    ])
    #expect(raw.body == "<a/>" && raw.head["headers"]?["Content-Type"] == "text/xml")
    let own = try sent([
      "url": url, "method": "POST", "body_kind": "json", "body": [1],
      "headers": ["content-type": "application/vnd.api+json"],
    ])
    #expect(own.head["headers"]?["Content-Type"] == nil)
    #expect(own.head["headers"]?["content-type"] == "application/vnd.api+json")
  }

  @Test(arguments: [
    ["body_kind": "json", "body": "{\"a\": }"], ["body_kind": "form", "body": ["a": ["b": 1]]],
    ["body_kind": "form", "body": [1]], ["body_kind": "raw", "body": [1]], ["body": "text"],
    ["content_type": "text/xml"],
  ] as [JSONValue])
  func `a body that does not fit its kind is refused`(_ part: JSONValue) throws {
    var parameters: JSONObject = ["url": "https://a.example", "method": "POST"]
    for (name, value) in part.asObject ?? [:] { parameters[name] = value }
    let outcome = try request(.object(parameters))
    #expect(outcome.errorClass == .invalidInput && outcome.code == "bad_body", "\(outcome)")
    #expect(world.requests.isEmpty)
  }

  @Test func `a JSON body that does not parse says where`() throws {
    let outcome = try request([
      "url": "https://a.example", "method": "POST", "body_kind": "json", "body": "{\n\"a\": }",
    ])
    #expect(outcome.message?.contains("line 2, column 6") == true, "\(outcome)")
  }

  @Test(arguments: [
    ("Host", "x", "forbidden_header"), ("content-length", "1", "forbidden_header"),
    ("Transfer-Encoding", "chunked", "forbidden_header"),
    ("X-A", "a\r\nX-B: c", "control_character"),
    ("X A", "b", "bad_header"), ("", "b", "bad_header"), ("X-A", "a\u{0}", "control_character"),
  ])
  func `a header that may not be sent is refused`(
    _ name: String, _ value: String, _ code: String
  ) throws {
    let outcome = try request([
      "url": "https://a.example", "headers": [name: .text(value)],
    ])
    #expect(outcome.errorClass == .invalidInput && outcome.code == code, "\(outcome)")
  }

  @Test func `credential, redirects, limit and the key travel along`() throws {
    let head = try sent([
      "url": "https://a.example", "method": "POST", "credential": "credit_api",
      "follow_redirects": false, "max_response": 4_096, "effect": "keyed",
      "headers": ["X-Many": ["a", "b"]],
    ]).head
    #expect(head["credential"] == "credit_api" && head["max_redirects"] == 0)
    #expect(head["max_response_bytes"] == 4_096)
    #expect(head["headers"]?["Idempotency-Key"] == "run-7-welcome-1")
    #expect(head["headers"]?["X-Many"] == ["a", "b"])
  }

  @Test(arguments: [
    (400, "POST", ErrorClass.invalidInput, "http_refused"), (401, "GET", .denied, "http_denied"),
    (403, "GET", .denied, "http_denied"), (404, "GET", .notFound, "http_not_found"),
    (409, "PUT", .conflict, "http_conflict"), (410, "GET", .notFound, "http_not_found"),
    (418, "GET", .failed, "http_failed"), (422, "POST", .invalidInput, "http_refused"),
    (429, "POST", .rateLimited, "http_rate_limited"), (500, "POST", .failed, "http_server_error"),
    (503, "GET", .unavailable, "http_server_unavailable"),
    (502, "DELETE", .unavailable, "http_server_unavailable"),
    (451, "GET", .failed, "http_failed"),
  ])
  func `a status of 400 and above is an error by its class`(
    _ status: Int, _ method: String, _ kind: ErrorClass, _ code: String
  ) throws {
    world.http = { _, _ in .json(status, ["reason": "because"]) }
    let outcome = try request(["url": "https://a.example", "method": .text(method)])
    #expect(outcome.errorClass == kind && outcome.code == code)
    #expect(outcome.message == "HTTP \(status)" && outcome.providerCode == "\(status)")
    #expect(outcome.error?["detail"]?["json"] == ["reason": "because"])
    #expect(outcome.error?["detail"]?["status"] == .integer(Int64(status)))
  }

  @Test(arguments: [
    (["retry-after": "3"], 3_000), (["retry-after-ms": "250", "retry-after": "9"], 250),
    (
      [
        "retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT",
      ], 30_000
    ),
    (["retry-after": "soon"], nil),
  ] as [(JSONObject, Int64?)])
  func `the wait a server asks for is passed on`(_ headers: JSONObject, _ wait: Int64?) throws {
    world.http = { _, _ in .json(429, [:], headers: headers) }
    let outcome = try request(["url": "https://a.example"])
    #expect(outcome.retryAfter ?? 0 == wait ?? 0)
  }

  @Test func `a lost answer is unknown only where repeating does harm`() throws {
    world.http = { _, _ in .error(.unknownOutcome, code: "lost", message: "no answer came") }
    let post = try request(["url": "https://a.example", "method": "POST"])
    #expect(post.errorClass == .unknownOutcome)
    #expect(try request(["url": "https://a.example"]).errorClass == .unavailable)
    let keyed = try request(["url": "https://a.example", "method": "POST", "effect": "keyed"])
    #expect(keyed.errorClass == .unavailable)
  }

  @Test func `what the host refuses stays as it is`() throws {
    let outcome = try request(["url": "https://a.example"])
    #expect(outcome.errorClass == .denied && outcome.code == "host_not_granted")
  }

  @Test func `an answer is JSON, text, or neither`() throws {
    let url: JSONValue = ["url": "https://a.example"]
    world.http = { _, _ in .text(200, "{broken", type: "application/json") }
    #expect(try request(url).value?["text"] == "{broken")
    world.http = { _, _ in .text(200, "ok") }
    #expect(try request(url).value?["text"] == "ok")
    world.http = { _, _ in
      .response(
        status: 200, headers: ["content-type": "text/plain; charset=ISO-8859-1"], body: [0xFC])
    }
    #expect(try request(url).value?["text"] == "ü")
    world.http = { _, _ in .response(status: 204, headers: [:], body: []) }
    let empty = try request(url).value
    #expect(empty?["text"] == nil && empty?["json"] == nil && empty?["bytes"] == 0)
    world.http = { _, _ in .json(200, .null) }
    #expect(try request(url).value?["json"] == .some(.null))
  }

  // MARK: files

  private static let file: JSONValue = [
    "blob": .text("sha256-" + String(repeating: "1", count: 64)), "type": "application/pdf",
    "bytes": 4, "name": "7.pdf",
  ]

  @Test func `a file is the body, with its own type or another`() throws {
    let own = try sent([
      "url": "https://a.example/", "method": "PUT", "body_kind": "blob", "body": Self.file,
    ])
    #expect(own.head["body_blob"] == Self.file && own.body.isEmpty)
    #expect(own.head["headers"]?["Content-Type"] == "application/pdf")
    let other = try sent([
      "url": "https://a.example/", "method": "PUT", "body_kind": "blob", "body": Self.file,
      "content_type": "x/y",
    ])
    #expect(other.head["headers"]?["Content-Type"] == "x/y")
  }

  @Test func `a form has values, files and lists of them`() throws {
    let form = try sent([
      "url": "https://a.example/", "method": "POST", "body_kind": "multipart",
      "body": ["n": 7, "yes": true, "files": [Self.file, "a text"], "none": .null],
    ])
    #expect(form.head["headers"] == [:], "the transport writes the type with its boundary")
    let parts = form.head["parts"]?.asList ?? []
    #expect(parts.map { $0["name"] } == ["n", "yes", "files", "files", "none"])
    #expect(parts.map { $0["value"] } == ["7", "true", nil, "a text", ""])
    #expect(parts[2]["blob"] == Self.file && parts[2]["file_name"] == "7.pdf")
    #expect(parts[2]["type"] == "application/pdf")
  }

  @Test(arguments: [
    ["body_kind": "blob", "body": "x"], ["body_kind": "blob"],
    ["body_kind": "blob", "body": ["blob": "md5-7"]], ["body_kind": "multipart"],
    ["body_kind": "multipart", "body": [:]], ["body_kind": "multipart", "body": "x"],
    ["body_kind": "multipart", "body": ["a": ["b": 1]]],
    ["body_kind": "multipart", "body": ["": "x"]], ["body_kind": "multipart", "body": ["a": []]],
    ["body_kind": "multipart", "body": ["a": "x"], "content_type": "x/y"],
    [
      "body_kind": "multipart",
      "body": ["a": .list(Array(repeating: JSONValue.text("x"), count: 101))],
    ],
  ] as [JSONObject])
  func `a file or form that is none is refused before anything leaves`(
    _ members: JSONObject
  ) throws {
    var parameters: JSONObject = ["url": "https://a.example/", "method": "POST"]
    for member in members { parameters[member.name] = member.value }
    let outcome = try request(.object(parameters))
    #expect(outcome.errorClass == .invalidInput && outcome.code == "bad_body", "\(outcome)")
    #expect(world.requests.isEmpty)
  }

  @Test func `a saved answer is named, and an error is told`() throws {
    world.http = { request, _ in
      request["url"] == "https://a.example/gone"
        ? .text(404, "no") : .text(200, "%PDF", type: "application/pdf")
    }
    let saved = try request(["url": "https://a.example/7.pdf", "save_body": "blob"])
    #expect(world.requests.last?["save_body"] == true)
    #expect(world.requests.last?["max_response_bytes"] == 0, "the host's own limit")
    #expect(saved.value?["body"]?["bytes"] == 4 && saved.value?["bytes"] == 4, "\(saved)")
    #expect(saved.value?["text"] == nil && saved.value?["json"] == nil)
    let gone = try request(["url": "https://a.example/gone", "save_body": "blob"])
    #expect(gone.code == "http_not_found" && gone.error?["detail"]?["text"] == "no")
    let plain = try request(["url": "https://a.example/7.pdf", "save_body": "none"])
    #expect(world.requests.last?["save_body"] == nil && plain.value?["text"] == "%PDF")
  }

  @Test func `what is not saved has at most ten mebibytes`() throws {
    let outcome = try request(["url": "https://a.example/", "max_response": 10_485_761])
    #expect(outcome.code == "bad_max_response" && world.requests.isEmpty)
    world.http = { _, _ in .json(200, [:]) }
    #expect(try request(["url": "https://a.example/", "max_response": 10_485_760]).error == nil)
  }

  @Test func `where nobody says otherwise it has a minute, and ten a minute for a project`() throws {
    let manifest = try #require(PluginFiles.manifests["http"])
    let action = try #require(manifest.actions.first)
    #expect(action.timeout == .seconds(60))
    #expect(action.rate?.calls == 10 && action.rate?.per == .seconds(60))
  }
}

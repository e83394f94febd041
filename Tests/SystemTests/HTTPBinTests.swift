// SPDX-License-Identifier: Apache-2.0
// http.request against a server that nobody wrote for it: httpbin behind gunicorn.
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(20))) struct HTTPBinTests {
  private let keeper = Operator()
  private let server: PythonServer

  init() throws {
    server = try PythonServer("httpbin_server")
    let here = "127.0.0.1:\(server.port)"
    var http = Document.plugin(hosts: [here], credentials: ["login", "token"]).asObject ?? [:]
    http["policy"] = ["rate": ["calls": 1_000, "per": "1 min"], "retry": ["attempts": 1]]
    try keeper.apply(project: Document.project(plugins: ["http": .object(http)]))
    for (kind, name, field, secret) in [
      ("basic", "login", "user=ann", "open sesame"), ("bearer", "token", "", "t0ken-of-the-test"),
    ] {
      var words = ["credential", "set", name, "--kind", kind, "--host", here]
      if !field.isEmpty { words += ["--field", field] }
      let set = try keeper.command(words, input: secret + "\n")
      try #require(set.isSuccess, "\(set.errors)")
    }
  }

  /// Sends one request and returns the entry of the timeline.
  private func send(_ path: String, _ more: JSONObject = [:]) throws -> RunView.Entry {
    var parameters: JSONObject = ["url": .text(server.url + path)]
    for member in more { parameters[member.name] = member.value }
    let connector = Document.connector(
      "ask", Document.action("ask", "http.request", with: .object(parameters)))
    return try keeper.run(connector).view["ask"]
  }

  @Test func `every kind of body arrives as the server reads it`() throws {
    let json = try send(
      "/anything", ["method": "POST", "body_kind": "json", "body": ["a": [1, "ü"]]]
    ).output["json"]
    #expect(json?["json"] == ["a": [1, "ü"]] && json?["method"] == "POST", "\(json ?? .null)")
    #expect(json?["headers"]?["Content-Type"] == "application/json")
    let form = try send(
      "/anything",
      ["method": "PUT", "body_kind": "form", "body": ["a b": ["x & y", "z=1"], "n": 7]]
    ).output["json"]
    #expect(form?["form"] == ["a b": ["x & y", "z=1"], "n": "7"], "\(form ?? .null)")
    let asked = try send(
      "/anything/ä b?q=1", ["body_kind": "query", "body": ["a b": ["x & y", "+"], "e": ""]]
    ).output
    let query = asked["json"]
    #expect(query?["args"] == ["q": "1", "a b": ["x & y", "+"], "e": ""], "\(query ?? .null)")
    #expect(
      asked["url"]?.asText
        == server.url + "/anything/%C3%A4%20b?q=1&a%20b=x%20%26%20y&a%20b=%2B&e=")
    let raw = try send(
      "/anything",
      ["method": "PATCH", "body_kind": "raw", "body": "a;b", "content_type": "text/csv"]
    ).output["json"]
    #expect(raw?["data"] == "a;b" && raw?["headers"]?["Content-Type"] == "text/csv")
  }

  @Test func `answers are read whatever their encoding, and say when they are no JSON`() throws {
    for (path, member) in [("/gzip", "gzipped"), ("/deflate", "deflated")] {
      let entry = try send(path)
      #expect(entry.output["json"]?[member] == true, "\(entry.value)")
      #expect(entry.output["headers"]?["content-encoding"] == nil)
    }
    let page = try send("/html")
    #expect(page.output["text"]?.asText?.contains("Herman Melville") == true)
    #expect(page.status == "succeeded" && page.output["mapping"] == "none")
    let notes = page.value["notes"]?.asList?.compactMap(\.asText) ?? []
    #expect(notes.contains { $0.contains("Only JSON can be mapped as Response") }, "\(page.value)")
    let utf8 = try send("/encoding/utf8").output["text"]?.asText ?? ""
    #expect(utf8.contains("∮ E⋅da = Q"))
    let chunked = try send("/stream/3").output
    #expect(chunked["text"]?.asText?.split(separator: "\n").count == 3 || chunked["json"] != nil)
    let repeats = try send("/response-headers?X-A=1&X-A=2").output
    #expect(repeats["headers"]?["x-a"] == "1, 2", "\(repeats)")
    for (path, method) in [("/status/204", "DELETE"), ("/get", "HEAD")] {
      let entry = try send(path, ["method": .text(method)])
      #expect(entry.status == "succeeded", "\(entry.value)")
      #expect(entry.output["json"] == nil && entry.output["text"] == nil, "\(entry.value)")
    }
  }

  @Test(arguments: [
    (401, "denied", "http_denied"), (403, "denied", "http_denied"),
    (404, "not_found", "http_not_found"), (410, "not_found", "http_not_found"),
    (409, "conflict", "http_conflict"), (429, "rate_limited", "http_rate_limited"),
    (400, "invalid_input", "http_refused"), (422, "invalid_input", "http_refused"),
    (418, "failed", "http_failed"), (500, "unavailable", "http_server_unavailable"),
    (503, "unavailable", "http_server_unavailable"),
  ])
  func `a status has its class, and a 5xx to a POST is a failure`(
    _ status: Int, _ kind: String, _ code: String
  ) throws {
    let entry = try send("/status/\(status)")
    #expect(entry.errorClass == kind && entry.code == code, "\(entry.value)")
    #expect(entry.message == "HTTP \(status)" && entry.providerCode == "\(status)")
    #expect(entry.value["error"]?["detail"]?["status"]?.asInteger == Int64(status))
    let post = try send("/status/\(status)", ["method": "POST"])
    #expect(post.errorClass == (status >= 500 ? "failed" : kind), "\(post.value)")
    let keyed = try send("/status/\(status)", ["method": "POST", "effect": "keyed"])
    #expect(keyed.errorClass == kind, "\(keyed.value)")
  }

  @Test func `credentials open what they are for, and are not in what comes back`() throws {
    let path = "/basic-auth/ann/open%20sesame"
    let login = try send(path, ["credential": "login"])
    #expect(login.output["json"]?["authenticated"] == true, "\(login.value)")
    #expect(try send(path).errorClass == "denied")
    let echo = try send("/bearer", ["credential": "token"])
    #expect(echo.output["json"] == ["authenticated": true, "token": "***"], "\(echo.value)")
  }

  @Test func `redirects are followed five times, and to granted hosts only`() throws {
    let five = try send("/redirect/5")
    #expect(five.output["url"]?.asText == server.url + "/get", "\(five.value)")
    let six = try send("/redirect/6")
    #expect(six.errorClass == "failed" && six.code == "too_many_redirects", "\(six.value)")
    let none = try send("/redirect/1", ["follow_redirects": false])
    #expect(none.output["status"] == 302 && none.output["headers"]?["location"] != nil)
    let other = try PythonServer("http_target")
    let away = try send("/redirect-to?url=http://127.0.0.1:\(other.port)/")
    #expect(away.errorClass == "denied", "\(away.value)")
    #expect(other.requestLines.isEmpty)
  }

  @Test func `files go through a run: saved, put, and sent in a form`() throws {
    let url = server.url
    let save = { (id: String, path: String) in
      Document.action(
        id, "http.request", with: ["url": .text(url + path), "save_body": "blob"],
        ["save": .text(id)])
    }
    let connector = Document.connector(
      "move", save("pig", "/image/png"), save("text", "/encoding/utf8"),
      save("chunks", "/stream-bytes/100000?seed=7&chunk_size=777"),
      Document.action(
        "put", "http.request",
        with: [
          "url": .text(url + "/put"), "method": "PUT", "body_kind": "blob", "body": "{{text.body}}",
        ]),
      Document.action(
        "post", "http.request",
        with: [
          "url": .text(url + "/post"), "method": "POST", "body_kind": "multipart",
          "body": ["note": "n & m", "two": ["1", "2"], "file": "{{text.body}}", "pig": "{{pig.body}}"],
        ]))
    let (run, code) = try keeper.run(connector)
    #expect(code == 0, "\(run)")
    let pig = run["pig"].output["body"]
    #expect(pig?["type"] == "image/png" && pig?["name"] == "png", "\(pig ?? .null)")
    #expect(run["chunks"].output["body"]?["bytes"] == 100_000)
    let put = run["put"].output["json"]
    #expect(put?["data"]?.asText?.contains("∮ E⋅da = Q") == true, "\(run["put"].value)")
    #expect(put?["headers"]?["Content-Type"] == "text/html")
    let post = run["post"].output["json"]
    #expect(post?["form"] == ["note": "n & m", "two": ["1", "2"]], "\(run["post"].value)")
    #expect(post?["files"]?["file"]?.asText?.contains("∮ E⋅da = Q") == true)
    #expect(
      post?["files"]?["pig"]?.asText?.hasPrefix("data:image/png;base64,iVBORw0KGgo")
        == true, "\(post?["files"]?["pig"]?.asText?.prefix(80) ?? "")")
  }
}

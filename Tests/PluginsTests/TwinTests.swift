// SPDX-License-Identifier: Apache-2.0
import Pipeline
import TestKit
import Testing
import Values

/// Two plugins exist in C too: the interface is C, so Swift must not be needed to use it well.
@Suite struct TwinTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let action: String
    let parameters: JSONValue
    var answer: JSONValue = ["status": 200, "json": ["a": [1, 2.50, "ü\n\"", .null, true]]]
    var testDescription: String { "\(action) \(parameters.json.prefix(90)) \(answer["status"]!)" }
  }

  static let rows: [Scenario] = {
    let create: [JSONValue] = [
      ["lead": "L-9", "topic": "x", "position": "12", "open": "true"], [:], ["colour": "red"],
      ["position": "twelve"], ["LEAD": 12, "due": "2026-02-29"], ["due": "2028-02-29"],
      ["at": "2026-11-22T10:00:00.5+05:30", "mail": "a.b@c-d.example", "site": "HTTPS://a.example"],
      ["at": "2026-11-22 10:00 "], ["mail": "a@b..c"], ["site": "https://"], ["parts": [1, ["a"]]],
      ["more": ["a": ["b": "ü\u{1}\n"]]], ["parts": "a"], ["open": 1],
      ["lead": "", "topic": .null],
      ["lead": .text(String(repeating: "é\n", count: 30_000))], ["position": 1.50, "lead": 1e3],
    ]
    let find: [JSONObject] = [
      [:], ["limit": 1, "offset": 1], ["columns": ["Topic", "position"]], ["row": ["501", "9"]],
      ["where": ["field": "lead", "op": "is", "right": "l-7"]], ["where": [:]],
      ["where": ["any": [["field": "position", "op": "at_least", "right": 5], ["all": []]]]],
      ["where": ["field": "colour", "op": "is", "right": 1]], ["where": ["op": "is"]],
      ["where": ["all": "x"]], ["where": ["all": [], "any": []]],
      ["sort": "topic", "order": "desc"],
      ["sort": "colour"], ["columns": ["colour"]], ["where": ["field": "lead", "op": "odd"]],
    ]
    return ["Lead Topics", "301", "lead topics ", "nope"].flatMap { storage in
      create.map {
        Scenario(
          action: "data_storage.create_row", parameters: ["storage": .text(storage), "fields": $0])
      }
        + find.map { part in
          var parameters = part
          parameters["storage"] = .text(storage)
          return Scenario(action: "data_storage.find_rows", parameters: .object(parameters))
        }
    }
  }()

  static let requests: [Scenario] = {
    let parameters: [JSONObject] = [
      [:], ["method": "post"], ["method": "a b"], ["url": "https://a.example/x y?q=ü%4#f"],
      ["url": "ftp://a"], ["url": "https://u:p@a.example"], ["url": "https://a.example\n"],
      ["body_kind": "query", "body": ["a": [1, "b c"], "d": .null, "e": true]],
      ["url": "https://a.example?x=1&", "body_kind": "query", "body": ["a": 2.50]],
      ["method": "POST", "body_kind": "form", "body": ["a b": "c&d", "ü": "*~"]],
      ["method": "POST", "body_kind": "form", "body": ["a": ["b": 1]]],
      ["method": "POST", "body_kind": "form", "body": "text"],
      ["method": "POST", "body_kind": "json", "body": ["a\n": ["ü\"\\\u{1}", 1e2, -0.5, [:], []]]],
      ["method": "POST", "body_kind": "json", "body": " [1, 2] "],
      ["method": "POST", "body_kind": "raw", "body": 12, "content_type": "text/csv"],
      ["body": "x"], ["content_type": "text/csv"], ["headers": ["Host": "x"]],
      ["headers": ["X-A": ["b", "c"], "X-D": 1, "X-E": .null]], ["headers": ["X A": "b"]],
      ["headers": ["X-A": "b\r\nc"]], ["headers": ["X-A": [["b"]]]],
      ["effect": "keyed", "method": "POST", "credential": "c", "follow_redirects": false],
      [
        "method": "POST", "body_kind": "json", "body": [1], "content_type": "application/x+json",
        "headers": ["Content-Type": "text/plain"],
      ],
    ]
    let answers: [JSONValue] = [
      ["status": 204, "text": ""], ["status": 404, "json": ["reason": "none"]],
      ["status": 429, "text": "slow", "headers": ["retry-after": "7"]],
      ["status": 429, "text": "slow", "headers": ["retry-after": "soon"]],
      [
        "status": 503, "text": "late",
        "headers": [
          "retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT",
        ],
      ], ["status": 400, "json": []], ["status": 401, "text": ""], ["status": 409, "text": "x"],
      ["status": 418, "text": "x"], ["error": "unknown_outcome"], ["error": "unavailable"],
    ]
    var all = parameters.map { part in
      var parameters = part
      if parameters["url"] == nil { parameters["url"] = "https://a.example/x" }
      return Scenario(action: "http.request", parameters: .object(parameters))
    }
    for method in ["GET", "HEAD", "POST", "DELETE"] {
      for answer in answers {
        all.append(
          Scenario(
            action: "http.request",
            parameters: ["url": "https://a.example", "method": .text(method)], answer: answer))
      }
    }
    return all
  }()

  @Test func `the C twin of data_storage does the same with the same`() throws {
    try compare("data_storage", Self.rows)
  }

  @Test func `the C twin of http does the same with the same`() throws {
    try compare("http", Self.requests)
  }

  private func compare(_ id: String, _ scenarios: [Scenario]) throws {
    let folder = TemporaryFolder()
    let swift = try PluginUnderTest(id)
    let twin = try PluginUnderTest(id, library: try Self.build(id, in: folder))
    for scenario in scenarios {
      let (ours, seen) = try Self.run(swift, scenario)
      let (theirs, alsoSeen) = try Self.run(twin, scenario)
      var (mine, other) = (ours, theirs)
      // Where a JSON text is broken only Swift's parser can be asked; the rest of the error agrees.
      if mine.message?.hasPrefix("body is no JSON") == true {
        (mine.error, other.error) = (mine.error?["code"], other.error?["code"])
      }
      #expect(mine == other, "\(scenario.testDescription)")
      #expect(seen == alsoSeen, "\(scenario.testDescription)")
    }
  }

  /// The outcome, and everything the plugin asked of the world.
  private static func run(
    _ plugin: PluginUnderTest, _ scenario: Scenario
  ) throws -> (Outcome, JSONValue) {
    let world = ScriptedWorld.acme()
    let answer = scenario.answer
    world.http = { _, _ in
      if let kind = answer["error"]?.asText.flatMap(ErrorClass.init) {
        return .error(kind, code: "scripted", message: "as the script says")
      }
      let status = Int(answer["status"]?.asInteger ?? 200)
      let headers = answer["headers"]?.asObject ?? [:]
      if let json = answer["json"] { return .json(status, json, headers: headers) }
      return .response(
        status: status, headers: headers, body: Array((answer["text"]?.asText ?? "").utf8))
    }
    let outcome = try plugin.run(scenario.action, scenario.parameters, in: world)
    let bodies = world.bodies.map { body -> JSONValue in
      (try? JSONValue(parsing: body)) ?? .text(String(decoding: body, as: UTF8.self))
    }
    let seen: JSONValue = [
      "requests": .list(world.requests), "bodies": .list(bodies),
      "puts": .list(world.puts.map { ["id": .text($0.id), "fields": .object($0.fields)] }),
    ]
    return (outcome, seen)
  }

  private static func build(_ id: String, in folder: TemporaryFolder) throws -> String {
    let sdk = PackageFolder.path + "/sdk/c"
    let result = try Subprocess.run(
      "cc",
      [
        "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I",
        sdk + "/include", "-Wl,--version-script=\(sdk)/plugin.map", "-o", folder(id + ".so"),
        PackageFolder.path + "/Tests/Fixtures/twins/\(id)/\(id).c",
      ])
    try #require(result.isSuccess, "\(result.errors)")
    return folder(id + ".so")
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct ChatGPTTests {
  private let plugin: PluginUnderTest

  init() throws { plugin = try PluginUnderTest("chatgpt") }

  private func ask(_ changes: JSONObject, in world: ScriptedWorld) throws -> Outcome {
    var parameters: JSONObject = ["prompt": "Say hello", "model": "m"]
    for (name, value) in changes { parameters[name] = value.isNull ? nil : value }
    return try plugin.run("chatgpt.ask", .object(parameters), in: world)
  }

  private static func saying(
    _ content: JSONValue, finish: String = "stop", refusal: JSONValue = .null
  ) -> ScriptedWorld.Answer {
    .json(
      200,
      [
        "id": "c", "object": "chat.completion", "created": 1, "model": "m-1",
        "choices": [
          [
            "index": 0, "finish_reason": .text(finish),
            "message": ["role": "assistant", "content": content, "refusal": refusal],
          ]
        ],
      ])
  }

  @Test func `the request goes to the credential's server with what was given`() throws {
    let world = ScriptedWorld.openAI([
      "base_url": "http://127.0.0.1:8091/v1/", "model": "smol", "organization": "org-1",
    ])
    world.http = { request, body in
      #expect(request["url"] == "http://127.0.0.1:8091/v1/chat/completions")
      #expect(request["credential"] == "openai_main")
      #expect(request["headers"]?["OpenAI-Organization"] == "org-1")
      #expect(
        (try? JSONValue(parsing: body)) == [
          "model": "smol", "messages": [["role": "user", "content": "Say hello"]],
          "max_tokens": 9,
        ])
      return Self.saying("hello")
    }
    let outcome = try ask(["model": .null, "max_tokens": 9], in: world)
    #expect(outcome.value?["text"] == "hello" && outcome.value?["model"] == "m-1")
    #expect(outcome.value?["usage"]?["total_tokens"] == 0)
  }

  @Test func `the limit's name is a setting`() throws {
    let world = ScriptedWorld.openAI(["token_field": "max_tokens"])
    world.http = { _, body in
      #expect((try? JSONValue(parsing: body))?["max_tokens"] == 9)
      return Self.saying("hello")
    }
    #expect(try ask(["max_tokens": 9], in: world).error == nil)
  }

  @Test(arguments: [
    (401, "invalid_api_key", ErrorClass.denied, "key_refused"), (403, nil, .denied, "key_refused"),
    (404, "model_not_found", .notFound, "model_not_found"),
    (429, "rate_limit_exceeded", .rateLimited, "rate_limit"),
    (429, "insufficient_quota", .denied, "insufficient_quota"),
    (400, "context_length_exceeded", .invalidInput, "context_too_long"),
    (400, nil, .invalidInput, "request_refused"), (422, nil, .invalidInput, "request_refused"),
    (408, nil, .unavailable, "server_unavailable"), (409, nil, .unavailable, "server_unavailable"),
    (500, nil, .unavailable, "server_unavailable"), (503, nil, .unavailable, "server_unavailable"),
    (529, nil, .unavailable, "server_unavailable"), (418, nil, .failed, "server_failed"),
  ] as [(Int, String?, ErrorClass, String)])
  func `statuses and codes decide the class`(
    _ status: Int, _ code: String?, _ kind: ErrorClass, _ name: String
  ) throws {
    let world = ScriptedWorld.openAI()
    world.http = { _, _ in
      .json(
        status,
        [
          "error": [
            "message": "why", "type": "some_error", "param": .null,
            "code": code.map(JSONValue.text) ?? .null,
          ]
        ], headers: ["retry-after": "2"])
    }
    let outcome = try ask([:], in: world)
    #expect(outcome.errorClass == kind && outcome.code == name, "\(outcome)")
    #expect(outcome.providerCode == code ?? "\(status)")
    #expect(outcome.message == "HTTP \(status): why")
    let waits = kind == .rateLimited || kind == .unavailable
    #expect(outcome.retryAfter ?? 0 == (waits ? 2_000 : 0))
  }

  @Test func `a code that is a number, and a body that is no JSON, are read`() throws {
    let world = ScriptedWorld.openAI()
    world.http = { _, _ in .json(401, ["error": ["code": 401, "message": "no"]]) }
    #expect(try ask([:], in: world).providerCode == "401")
    world.http = { _, _ in .text(502, "<html>", type: "text/html") }
    #expect(try ask([:], in: world).errorClass == .unavailable)
    world.http = { _, _ in .error(.unknownOutcome, code: "lost", message: "no answer") }
    #expect(try ask([:], in: world).errorClass == .unavailable)
  }

  @Test func `no answer is an answer that failed`() throws {
    let world = ScriptedWorld.openAI()
    world.http = { _, _ in Self.saying(.null) }
    #expect(try ask([:], in: world).message == "empty answer")
    world.http = { _, _ in Self.saying(.null, refusal: "I will not") }
    #expect(try ask([:], in: world).message == "refused: I will not")
    world.http = { _, _ in Self.saying("half", finish: "content_filter") }
    #expect(try ask([:], in: world).code == "refused")
    world.http = { _, _ in .json(200, ["choices": []]) }
    #expect(try ask([:], in: world).code == "unreadable_answer")
    world.http = { _, _ in Self.saying("half", finish: "length") }
    #expect(try ask([:], in: world).value?["finish_reason"] == "length")
  }

  private static let mood: JSONValue = [
    "type": "object", "required": ["mood"], "additionalProperties": false,
    "properties": ["mood": ["enum": ["happy", "unhappy"]], "why": ["type": "string"]],
  ]

  @Test(arguments: [
    ("{\"mood\":\"happy\"}", true), ("```json\n{\"mood\": \"unhappy\", \"why\": \"x\"}\n```", true),
    ("{\"mood\":\"meh\"}", false), ("{}", false), ("{\"mood\":\"happy\",\"more\":1}", false),
    ("[\"happy\"]", false), ("happy", false), ("{\"mood\":\"happy\",\"why\":3}", false),
  ])
  func `JSON is checked against what was asked for`(_ answer: String, _ fits: Bool) throws {
    let world = ScriptedWorld.openAI()
    world.http = { _, body in
      let sent = (try? JSONValue(parsing: body))?["response_format"]
      #expect(sent?["type"] == "json_schema" && sent?["json_schema"]?["schema"] == Self.mood)
      return Self.saying(.text(answer))
    }
    let outcome = try ask(["output": "json", "schema": Self.mood], in: world)
    #expect((outcome.error == nil) == fits, "\(outcome)")
    if !fits {
      #expect(outcome.code == "not_the_json")
      #expect(outcome.message?.hasPrefix("answer is not the JSON asked for") == true)
    }
  }

  @Test func `an answer that was cut off is not the JSON asked for`() throws {
    let world = ScriptedWorld.openAI()
    world.http = { _, _ in Self.saying("{\"mood\":\"happy\"}", finish: "length") }
    #expect(try ask(["output": "json"], in: world).code == "not_the_json")
  }

  @Test func `what cannot be asked is refused before anything is sent`() throws {
    let world = ScriptedWorld.openAI()
    let silent = try ask(["model": .null], in: world)
    #expect(silent.code == "no_model" && silent.message?.contains("openai_main") == true)
    #expect(try ask(["schema": Self.mood], in: world).code == "schema_without_json")
    world.credentials = ["wa": ["name": "wa", "kind": "whatsapp_cloud"]]
    #expect(try ask(["credential": "wa"], in: world).code == "wrong_credential_kind")
    #expect(try ask(["credential": "none"], in: world).errorClass == .notFound)
    #expect(world.requests.isEmpty)
  }
}

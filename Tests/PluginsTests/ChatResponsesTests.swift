// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// chatgpt.ask at a server that is asked by the responses protocol.
@Suite struct ChatResponsesTests {
  private let plugin: PluginUnderTest

  init() throws { plugin = try PluginUnderTest("chatgpt") }

  private func ask(
    _ answer: JSONValue, _ more: JSONObject = [:], seen: ((JSONValue, JSONValue) -> Void)? = nil
  ) throws -> Outcome {
    let world = ScriptedWorld.openAI(["api": "responses"])
    world.http = { request, body in
      seen?(request, (try? JSONValue(parsing: body)) ?? .null)
      return .json(200, answer)
    }
    var parameters: JSONObject = ["prompt": "Say hello", "model": "m"]
    for (name, value) in more { parameters[name] = value }
    return try plugin.run("chatgpt.ask", .object(parameters), in: world, contact: "401")
  }

  private static func said(_ parts: JSONValue..., status: String = "completed") -> JSONObject {
    [
      "id": "resp_1", "object": "response", "status": .text(status), "model": "m-1",
      "output": [
        ["type": "reasoning", "summary": []],
        ["type": "message", "role": "assistant", "content": .list(parts)],
      ],
      "usage": ["input_tokens": 5, "output_tokens": 6, "total_tokens": 11],
    ]
  }

  private static func text(_ text: String) -> JSONValue {
    ["type": "output_text", "text": .text(text), "annotations": []]
  }

  @Test func `the request has the members of its protocol`() throws {
    let outcome = try ask(
      .object(Self.said(Self.text("hel"), Self.text("lo"))),
      [
        "system": "Be kind.", "max_tokens": 9, "temperature": 0, "memory": true,
        "memory_key": "k",
      ]
    ) { request, body in
      #expect(request["url"] == "https://api.openai.com/v1/responses")
      #expect(
        body == [
          "model": "m", "instructions": "Be kind.", "store": false, "max_output_tokens": 9,
          "temperature": 0.0, "input": [["role": "user", "content": "Say hello"]],
        ])
    }
    #expect(outcome.value?["text"] == "hello" && outcome.value?["model"] == "m-1")
    #expect(outcome.value?["finish_reason"] == "stop")
    #expect(
      outcome.value?["usage"] == [
        "prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11,
      ])
  }

  @Test func `what the model said before is output in the input`() throws {
    let world = ScriptedWorld.openAI(["api": "responses"])
    world.http = { _, _ in .json(200, .object(Self.said(Self.text("hello")))) }
    for prompt in ["one", "two"] {
      let parameters: JSONValue = [
        "prompt": .text(prompt), "model": "m", "memory": true, "memory_hours": 87_600,
      ]
      let outcome = try plugin.run("chatgpt.ask", parameters, in: world, contact: "401")
      #expect(outcome.error == nil)
    }
    #expect(
      try JSONValue(parsing: world.bodies.last ?? [])["input"] == [
        ["role": "user", "content": "one"],
        [
          "type": "message", "role": "assistant",
          "content": [["type": "output_text", "text": "hello"]],
        ],
        ["role": "user", "content": "two"],
      ])
  }

  @Test func `JSON is asked for where this protocol wants it`() throws {
    let schema: JSONValue = ["type": "object", "properties": ["mood": ["type": "string"]]]
    let answer = JSONValue.object(Self.said(Self.text(#"{"mood":"happy"}"#)))
    let named = try ask(answer, ["output": "json", "schema": schema]) { _, body in
      #expect(
        body["text"]?["format"] == [
          "name": "answer", "strict": true, "schema": schema, "type": "json_schema",
        ])
    }
    #expect(named.value?["json"] == ["mood": "happy"])
    _ = try ask(answer, ["output": "json"]) { _, body in
      #expect(body["text"]?["format"] == ["type": "json_object"])
    }
  }

  @Test func `an answer that was cut is told from one that was refused`() throws {
    var cut = Self.said(Self.text("half"), status: "incomplete")
    cut["incomplete_details"] = ["reason": "max_output_tokens"]
    #expect(try ask(.object(cut)).value?["finish_reason"] == "length")
    #expect(try ask(.object(cut), ["output": "json"]).code == "not_the_json")
    cut["incomplete_details"] = ["reason": "content_filter"]
    #expect(try ask(.object(cut)).code == "refused")
    let refusal = Self.said(["type": "refusal", "refusal": "I will not"])
    #expect(try ask(.object(refusal)).message == "refused: I will not")
    #expect(try ask(.object(Self.said())).code == "empty_answer")
    #expect(try ask(["id": "resp_1"]).code == "unreadable_answer")
    #expect(try ask(["output": []]).code == "empty_answer")
  }

  @Test(arguments: [
    ("server_error", ErrorClass.unavailable, "server_unavailable"),
    ("rate_limit_exceeded", .rateLimited, "rate_limit"),
    ("insufficient_quota", .denied, "insufficient_quota"),
    ("invalid_prompt", .invalidInput, "request_refused"),
    ("image_too_small", .failed, "server_failed"),
  ])
  func `a response may have failed under the status 200`(
    _ code: String, _ kind: ErrorClass, _ name: String
  ) throws {
    var failed = Self.said(status: "failed")
    failed["error"] = ["code": .text(code), "message": "why"]
    let outcome = try ask(.object(failed))
    #expect(outcome.errorClass == kind && outcome.code == name, "\(outcome)")
    #expect(outcome.message == "the answer failed: why" && outcome.providerCode == code)
  }

  @Test func `a response that has not ended is no answer`() throws {
    #expect(try ask(.object(Self.said(status: "queued"))).code == "server_failed")
  }
}

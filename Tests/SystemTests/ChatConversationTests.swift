// SPDX-License-Identifier: Apache-2.0
// chatgpt.ask in conversations, by both protocols, and at a server that refuses.
import TestKit
import Testing
import Values

@Suite(.serialized) struct ChatConversationTests {
  @Test(arguments: ["chat_completions", "responses"])
  func `a contact's earlier exchange reaches the model, another's does not`(api: String) throws {
    let world = try World(
      PythonServer("llama_server", ["--api-key", World.key], timeout: .seconds(120)), api: api)
    func ask(_ prompt: String, of phone: String) throws -> JSONValue {
      let connector = world.connector([
        "prompt": .text(prompt), "temperature": 0, "max_tokens": 8, "memory": true,
      ])
      let (view, _) = try world.keeper.run(connector, event: ["phone": .text(phone)])
      try #require(view.state == "succeeded", "\(view)")
      return view["ask"].output
    }

    let first = try ask("My code is 271828. Please remember it.", of: "15550001")
    let second = try ask("What is my code?", of: "15550001")
    let stranger = try ask("What is my code?", of: "15550002")

    #expect(first["memory_turns"] == 0 && second["memory_turns"] == 1)
    #expect(stranger["memory_turns"] == 0)
    // The same question, once with what was said before: the model's own count tells.
    let tokens = [second, stranger].map { $0["usage"]?["prompt_tokens"]?.asInteger ?? 0 }
    #expect(tokens[0] > tokens[1] + 10, "\(second) \(stranger)")
  }

  @Test func `turns of one contact that come at once keep apart`() throws {
    let world = try World(PythonServer("llmock_server"))
    let host = try ServedHost(world.keeper)
    let url = try world.keeper.apply(
      connector: world.connector([
        "prompt": "{{event.text}}", "memory": true, "memory_turns": 100,
      ]))
    let turns = 24
    let runs = try (0..<turns).map {
      try host.post(["phone": "15550001", "text": .text("\($0)")], to: url)
    }
    let remembered = try runs.map { run in
      let view = try world.keeper.waitForEnd(of: run)
      try #require(view.state == "succeeded", "\(view)")
      return view["ask"].output["memory_turns"]?.asInteger ?? -1
    }
    #expect(remembered.sorted() == (0..<Int64(turns)).map { $0 })
    try host.stop()
  }

  @Test func `the wait that a server asks for is kept, then the question goes through`() throws {
    let world = try World(PythonServer("llmock_server", ["--rpm", "30"]))
    var status = 200
    while status == 200 {
      var drain = WebRequest(
        world.model.url + "/v1/chat/completions",
        body: #"{"model": "m", "messages": [{"role": "user", "content": "x"}]}"#)
      drain.headers["Authorization"] = "Bearer \(World.key)"
      status = try drain.send().status
    }
    #expect(status == 429)

    let (view, _) = try world.run(["prompt": "Say hello"], ["retry": ["attempts": 4]])

    #expect(view.state == "succeeded", "\(view)")
    let attempts = view.timeline.filter { $0.component == "ask" }
    #expect(attempts.count > 1 && attempts.first?.code == "rate_limit", "\(view)")
    #expect(attempts.first?.message.contains("HTTP 429") == true)
  }

  @Test func `a server that is overloaded is asked again, so often and no more`() throws {
    let world = try World(PythonServer("llmock_server", ["--error-rate", "503=1"]))
    let (view, code) = try world.run(
      ["prompt": "Say hello"], ["retry": ["attempts": 2, "first_wait": "10 ms"]])
    #expect(code == 1 && view["ask"].code == "server_unavailable", "\(view)")
    #expect(view["ask"].errorClass == "unavailable")
    #expect(view.timeline.filter { $0.component == "ask" }.count == 2, "\(view)")
  }

  /// Servers that say nothing, nonsense, half a JSON, or hang up in the middle.
  @Test(arguments: [
    (#"{"body": {"choices": [{"message": {"content": ""}}]}}"#, "empty_answer"),
    (#"{"body": "<html>busy</html>"}"#, "unreadable_answer"),
    (#"{"body": {"choices": [{"message": {"content": "{\"mood\": \"ha"}}]}}"#, "not_the_json"),
    (#"{"body": {"choices": []}}"#, "unreadable_answer"),
    (#"{"status": 200, "body": "[1, 2"}"#, "unreadable_answer"),
  ])
  func `an answer that is none fails with its reason`(rule: String, code: String) throws {
    let world = try World(PythonServer("http_target", ["--script", "[\(rule)]"]))
    let (view, _) = try world.run(["prompt": "How are you?", "output": "json"])
    #expect(view["ask"].code == code && view["ask"].errorClass == "failed", "\(view)")
  }

  @Test(arguments: ["before", "head", "body"])
  func `a connection that is cut is asked again`(place: String) throws {
    let answer = #"{"choices": [{"message": {"content": "hello"}}]}"#
    let script = #"[{"close": "\#(place)", "times": 1, "body": \#(answer)}, {"body": \#(answer)}]"#
    let world = try World(PythonServer("http_target", ["--script", script]))
    let (view, _) = try world.run(
      ["prompt": "How are you?"], ["retry": ["attempts": 2, "first_wait": "10 ms"]])
    #expect(view["ask"].output["text"] == "hello", "\(view)")
    #expect(view.timeline.first { $0.component == "ask" }?.errorClass == "unavailable", "\(view)")
  }

  /// A project with a model's server and a channel whose contacts ask it.
  struct World {
    static let key = "key-of-the-test"

    let keeper = Operator()
    let model: PythonServer

    init(_ model: PythonServer, api: String = "chat_completions") throws {
      self.model = model
      try keeper.apply(
        project: Document.project(
          plugins: [
            "crm": [:],
            "chatgpt": [
              "grants": [
                "hosts": [.text("127.0.0.1:\(model.port)")], "credentials": ["ai"],
                "collections": ["write": ["chat_memory"]],
              ],
              "policy": ["timeout": "3 min", "timeout_max": "3 min"],
            ],
          ],
          channels: [["name": "phone", "kind": "whatsapp_cloud", "credential": "wa"]]))
      try keeper.set(
        credential: "ai", kind: "openai",
        fields: ["base_url": model.url + "/v1", "model": "smollm2", "api": api], secret: World.key)
    }

    func connector(_ parameters: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
      let ask = Document.action("ask", "chatgpt.ask", with: parameters, more)
      guard var document = Document.connector("chat", ask).asObject else { return .null }
      document["contact"] = ["channel": "phone", "number": "{{event.phone}}"]
      return .object(document)
    }

    func run(
      _ parameters: JSONValue, _ more: JSONObject = [:]
    ) throws -> (view: RunView, code: Int32) {
      try keeper.run(connector(parameters, more), event: ["phone": "15550001"])
    }
  }
}

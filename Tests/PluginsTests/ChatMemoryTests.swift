// SPDX-License-Identifier: Apache-2.0
import Pipeline
import TestKit
import Testing
import Values

/// What chatgpt.ask remembers of a conversation.
@Suite struct ChatMemoryTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.openAI()

  init() throws {
    plugin = try PluginUnderTest("chatgpt")
    // The answer says what was asked, and how many messages came with it.
    world.http = { _, body in
      let messages = (try? JSONValue(parsing: body))?["messages"]?.asList ?? []
      return Self.saying("\(messages.last?["content"]?.asText ?? "") of \(messages.count)")
    }
  }

  private static func saying(_ text: String) -> ScriptedWorld.Answer {
    .json(
      200,
      [
        "choices": [["message": ["role": "assistant", "content": .text(text)]]],
        "usage": ["prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7],
      ])
  }

  @discardableResult
  private func ask(
    _ prompt: String, contact: String? = "401", _ more: JSONObject = [:]
  ) throws -> Outcome {
    // What is asked here is as old as the records of the played host.
    var parameters: JSONObject = [
      "prompt": .text(prompt), "model": "m", "memory": true, "memory_hours": 87_600,
    ]
    for (name, value) in more { parameters[name] = value }
    return try plugin.run("chatgpt.ask", .object(parameters), in: world, contact: contact)
  }

  private var sent: [JSONValue] {
    get throws { try JSONValue(parsing: world.bodies.last ?? [])["messages"]?.asList ?? [] }
  }

  @Test func `earlier exchanges are sent along in their order`() throws {
    #expect(try ask("one").value?["memory_turns"] == 0)
    #expect(try ask("two").value?["memory_turns"] == 1)
    #expect(try ask("three", ["system": "Be brief."]).value?["memory_turns"] == 2)
    #expect(
      try sent == [
        ["role": "system", "content": "Be brief."],
        ["role": "user", "content": "one"], ["role": "assistant", "content": "one of 1"],
        ["role": "user", "content": "two"], ["role": "assistant", "content": "two of 3"],
        ["role": "user", "content": "three"],
      ])
    let kept = try #require(world.collections["chat_memory"]?["1003"])
    #expect(kept["credential"] == "openai_main" && kept["key"] == "401" && kept["tokens"] == 7)
  }

  @Test func `conversations never mix`() throws {
    try ask("mine")
    #expect(try ask("theirs", contact: "402").value?["memory_turns"] == 0)
    #expect(try ask("ours", ["memory_key": "group 7"]).value?["memory_turns"] == 0)
    world.credentials = [
      "other": ["name": "other", "kind": "openai", "base_url": "http://127.0.0.1:1/v1"]
    ]
    #expect(try ask("elsewhere").value?["memory_turns"] == 0)
  }

  @Test func `only so many turns are sent, the newest`() throws {
    for number in 1...5 { try ask("\(number)") }
    #expect(try ask("6", ["memory_turns": 2]).value?["memory_turns"] == 2)
    #expect(try sent.map { $0["content"]?.asText } == ["4", "4 of 7", "5", "5 of 9", "6"])
  }

  @Test func `what is older than its hours is forgotten and deleted`() throws {
    world.collections["chat_memory"] = [
      "1": [
        "credential": "openai_main", "key": "401", "prompt": "old", "answer": "x",
        "created_at": "2020-01-01T00:00:00.000Z",
      ],
      "2": [
        "credential": "openai_main", "key": "402", "prompt": "another's", "answer": "x",
        "created_at": "2020-01-01T00:00:00.000Z",
      ],
    ]
    #expect(try ask("new", ["memory_hours": 24]).value?["memory_turns"] == 0)
    let left = world.collections["chat_memory"]?.values.compactMap { $0["prompt"]?.asText }
    #expect(left?.sorted() == ["another's", "new"])
  }

  @Test func `no more than a hundred exchanges are kept`() throws {
    var old: [String: JSONObject] = [:]
    for number in 1...110 {
      old["\(number)"] = [
        "credential": "openai_main", "key": "401", "prompt": .text("\(number)"), "answer": "x",
      ]
    }
    world.collections["chat_memory"] = old
    #expect(try ask("new", ["memory_turns": 100]).value?["memory_turns"] == 100)
    #expect(world.collections["chat_memory"]?.count == 100)
    #expect(world.collections["chat_memory"]?["11"] == nil)
    #expect(world.collections["chat_memory"]?["12"] != nil)
  }

  @Test func `a reset begins anew`() throws {
    try ask("one")
    #expect(try ask("two", ["memory_reset": true]).value?["memory_turns"] == 0)
    #expect(try ask("three").value?["memory_turns"] == 1)
    #expect(world.collections["chat_memory"]?.count == 2)
  }

  @Test func `a question that fails leaves the memory as it was`() throws {
    try ask("one")
    world.http = { _, _ in .json(503, ["error": ["message": "busy"]]) }
    #expect(try ask("two").errorClass == .unavailable)
    world.http = { _, _ in Self.saying("no JSON") }
    #expect(try ask("three", ["output": "json", "memory_reset": true]).code == "not_the_json")
    #expect(world.collections["chat_memory"]?.count == 1)
  }

  @Test func `without memory nothing is read or written`() throws {
    #expect(try ask("one", ["memory": false]).value?["memory_turns"] == 0)
    #expect(world.collections["chat_memory"] == nil)
  }

  @Test func `memory needs somebody whose it is`() throws {
    let outcome = try ask("one", contact: nil)
    #expect(outcome.code == "no_memory_key" && world.requests.isEmpty)
    #expect(try ask("one", contact: nil, ["memory_key": "desk"]).error == nil)
  }

  /// Quotes double in JSON, control characters grow sixfold; a record has 64 KiB.
  @Test(arguments: ["a", "\"", "\u{1}", "é", "😀"])
  func `of a long exchange as much is kept as fits`(_ character: String) throws {
    let long = String(repeating: character, count: 90_000)
    world.http = { _, _ in Self.saying(long) }
    #expect(try ask(long).error == nil)
    let kept = try #require(world.collections["chat_memory"]?["1001"])
    for text in [kept["prompt"]?.asText, kept["answer"]?.asText] {
      let text = try #require(text)
      #expect(long.hasPrefix(text) && JSONValue.text(text).jsonBytes.count > 20_000)
    }
    #expect(world.logs.contains { $0.contains("are remembered") })
  }

  @Test func `calls of one conversation have a serial key, others none`() throws {
    let action = try #require(plugin.manifest.actions.first)
    let rule = try #require(action.serialKey.first)
    #expect(rule.parameter == "memory_key" && rule.defaultsToContact)
    #expect(rule.holds(for: ["memory": true]) && !rule.holds(for: ["memory": false]))
  }
}

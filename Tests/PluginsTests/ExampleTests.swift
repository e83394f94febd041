// SPDX-License-Identifier: Apache-2.0
import Pipeline
import TestKit
import Testing
import Values

/// The examples of the manifests are what dry runs answer and what documents show, so they run.
@Suite struct ExampleTests {
  struct Example: CustomTestStringConvertible, Sendable {
    let plugin: String
    let action: String
    let number: Int
    let json: JSONValue
    var testDescription: String { "\(action) example \(number + 1)" }
  }

  static let all: [Example] = PluginFiles.actionPlugins.flatMap { id in
    (PluginFiles.manifests[id]?.actions ?? []).flatMap { action in
      action.examples.enumerated().map {
        Example(plugin: id, action: action.id.rawValue, number: $0, json: $1)
      }
    }
  }

  @Test(arguments: all)
  func `an example's parameters give its exchange and its outcome`(_ example: Example) throws {
    let plugin = try PluginUnderTest(example.plugin)
    let world: ScriptedWorld = example.plugin == "chatgpt" ? .openAI() : .acme()
    let exchanges = example.json["http"]?.asList ?? []
    var sent = 0
    world.http = { request, body in
      guard sent < exchanges.count else {
        Issue.record("an exchange that the example does not have: \(request)")
        return .error(.bug, code: "unexpected", message: "unexpected")
      }
      let exchange = exchanges[sent]
      sent += 1
      Self.compare(request, body, with: exchange["request"] ?? [:])
      return Self.answer(exchange["response"] ?? [:])
    }
    let outcome = try plugin.run(example.action, example.json["with"] ?? [:], in: world)
    #expect(sent == exchanges.count)
    if let expected = example.json["error"] {
      #expect(outcome.errorClass?.rawValue == expected["class"]?.asText)
      #expect(outcome.code == expected["code"]?.asText)
      #expect(outcome.message == expected["message"]?.asText)
      #expect(outcome.providerCode == expected["provider_code"]?.asText)
    } else {
      #expect(outcome.error == nil)
      #expect(outcome.value == example.json["result"])
    }
  }

  private static func compare(_ request: JSONValue, _ body: [UInt8], with expected: JSONValue) {
    #expect(request["method"] == expected["method"])
    #expect(request["url"] == expected["url"])
    for (name, value) in expected["headers"]?.asObject ?? [:] {
      #expect(request["headers"]?[name] == value, "header \(name)")
    }
    if let json = expected["json"] {
      #expect((try? JSONValue(parsing: body)) == json)
    } else {
      #expect(String(decoding: body, as: UTF8.self) == expected["text"]?.asText ?? "")
    }
  }

  private static func answer(_ response: JSONValue) -> ScriptedWorld.Answer {
    let status = Int(response["status"]?.asInteger ?? 200)
    let headers = response["headers"]?.asObject ?? [:]
    if let json = response["json"] { return .json(status, json, headers: headers) }
    return .response(
      status: status, headers: headers, body: Array((response["text"]?.asText ?? "").utf8))
  }
}

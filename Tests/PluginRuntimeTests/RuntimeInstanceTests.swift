// SPDX-License-Identifier: Apache-2.0
// Plugins in this very process, as a host runs those it trusts.
import CJackfield
import Foundation
import TestKit
import Testing
import Values

@testable import PluginRuntime

@Suite struct RuntimeInstanceTests {
  private func actions(
    _ id: String, services: [String] = [], backend: DirectBackend = DirectBackend()
  ) throws -> RuntimeActions {
    let plugin = try FixturePlugin(id)
    let image = try withExtendedLifetime(plugin) { try PluginImage.load(path: $0.library) }
    let instance = try RuntimeInstance(
      opening: image, settings: Array("{}".utf8), services: services, backend: backend)
    return try instance.actions([id + ".run"])
  }

  private func run(
    _ actions: RuntimeActions, _ number: UInt32 = 1, _ parameters: JSONValue = [:]
  ) throws -> (status: Int32, json: JSONValue) {
    let result = actions.run(
      RuntimeActions.Call(
        number: number, action: 0, budgetMS: 1_000, key: Array("key".utf8)[...],
        context: Array("{}".utf8)[...], parameters: parameters.jsonBytes[...]))
    return (result.status, try JSONValue(parsing: result.json))
  }

  @Test func `an action runs on the calling thread and its result is a value`() throws {
    let echo = try actions("echo")
    let parameters: JSONValue = ["a": [1, 2.5, .null, true, "x"]]
    #expect(try run(echo, 1, parameters) == (0, parameters))
  }

  @Test func `services go to the backend of the instance`() throws {
    let backend = DirectBackend { service, json, _ in
      (service == 7 && json["name"] == "shop") ? (0, ["kind": "k"]) : (2, ["code": "no"])
    }
    let services = try actions("services", backend: backend)
    #expect(
      try run(services, 1, ["use": "credential", "name": "shop"]).json
        == ["status": 0, "value": ["kind": "k"]])
    #expect(try run(services, 1, ["use": "credential", "name": "other"]).json["code"] == "no")
  }

  @Test func `perform with a backend that answers at once ends every request once`() throws {
    let backend = DirectBackend { _, json, _ in
      (json["url"]?.asText?.hasSuffix("2") ?? false)
        ? (8, ["code": "lost"]) : (0, ["status": 200, "headers": [:]])
    }
    let services = try actions("services", services: ["jackfield.http/1"], backend: backend)
    let result = try run(services, 1, ["use": "perform", "at_once": 16]).json
    #expect(result["status"] == 8)
    let ended = result["value"]?.asList ?? []
    #expect(ended.compactMap { $0["index"]?.asInteger }.sorted() == [0, 1, 2, 3])
    #expect(ended.compactMap { $0["code"]?.asText } == ["lost"])
  }

  @Test func `many threads run one concurrent plugin`() throws {
    let echo = try actions("echo")
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<500 {
        let parameters: JSONValue = ["n": .integer(Int64(thread * 1_000 + number))]
        let result = try? run(echo, UInt32(thread * 1_000 + number + 1), parameters)
        if result?.json != parameters { Issue.record("thread \(thread), call \(number)") }
      }
    }
  }

  @Test func `a late use is refused and logged, whatever the handle names now`() throws {
    let backend = DirectBackend()
    let late = try actions("late_use", backend: backend)
    #expect(try run(late, 1, ["a": 1]).json == ["a": 1])
    #expect(try run(late, 2, ["b": 2]).json == ["refused": true])
    #expect(backend.logged.contains { $0.contains("after it had returned") })
  }

  @Test func `parameters that are no JSON are a bug, and the plugin is not run`() throws {
    let echo = try actions("echo")
    let result = echo.run(
      RuntimeActions.Call(
        number: 1, action: 0, budgetMS: 1_000, key: [], context: [], parameters: [0x7B]))
    #expect(result.status == JF_BUG)
    let other = echo.run(
      RuntimeActions.Call(
        number: 1, action: 4, budgetMS: 1_000, key: [], context: [], parameters: []))
    #expect(other.status == JF_BUG)
  }

  @Test func `a cancel of a call that does not run says so`() throws {
    #expect(try actions("echo").instance.cancel(5) == false)
  }

  @Test func `a path that is not there is refused with the linker's reason`() {
    let error = #expect(throws: LoadError.self) {
      try PluginImage.load(path: "/nowhere/plugin.so")
    }
    #expect(error?.code == .dlopenFailed)
    #expect(error?.message.contains("/nowhere/plugin.so") == true)
  }
}

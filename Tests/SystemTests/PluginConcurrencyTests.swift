// SPDX-License-Identifier: Apache-2.0
// How many calls of a plugin a project allows at once.
import TestKit
import Testing
import Values

@Suite struct PluginConcurrencyTests {
  @Test func `a plugin's limit holds over all connectors of the project, and explain says so`()
    throws
  {
    let world = try Scenario(
      script: [["path": "/slow", "delay_ms": 6000]], policy: ["concurrency": 1])
    for name in ["one", "two"] {
      try world.apply(
        Document.connector(
          name, Document.row("\(name) begins"), try world.request("call", "/slow"),
          Document.row("\(name) ends", id: "last")))
    }
    let first = try world.post("one")
    try world.target?.waitForRequests(1)
    let second = try world.post("two")

    let why = try world.wait(for: second, standsAt: "plugin_concurrency")

    #expect(why["message"]?.asText?.contains("plugin http") == true, "\(why)")
    #expect(why["component"] == "call" && why["ahead"] == 0, "\(why)")
    #expect(world.target?.requestLines.count == 1, "the second call has not left the host")
    for run in [first, second] {
      #expect(try world.keeper.waitForEnd(of: run).state == "succeeded")
    }
    let keys = try world.keeper.keys()
    #expect(keys == ["one begins", "two begins", "one ends", "two ends"], "\(keys)")
    try world.host.stop()
  }
}

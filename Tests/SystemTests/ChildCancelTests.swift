// SPDX-License-Identifier: Apache-2.0
// The runs of a loop's elements end with their parent.
import TestKit
import Testing
import Values

@Suite struct ChildCancelTests {
  @Test func `a cancelled parent ends its elements, those that wait and those under way`() throws {
    let world = try Scenario(script: [["path": "/slow", "delay_ms": 6000]])
    try world.apply(
      Document.connector(
        "loop",
        steps: Document.step(
          "each", forEach: ["in": "{{event.list}}", "as": "topic"],
          Document.delay("wait", ["amount": "{{topic.wait}}", "identifier": "each"]),
          try world.request("call", "/slow"), Document.row("{{topic.wait}}")),
        Document.step("then", Document.row("then", id: "last"))))
    let parent = try world.post(
      "loop", ["list": [["wait": "1 h"], ["wait": "0 s"], ["wait": "2 h"]]])
    let why = try world.wait(for: parent, standsAt: "children")
    #expect(why["count"] == 3 && why["open"] == 3, "\(why)")
    try world.target?.waitForRequests(1)

    try world.keeper.command("runs", "cancel", String(parent))

    let runs = try poll(within: .seconds(60), for: "all runs to end") {
      let runs = try world.keeper.runs()
      return runs.allSatisfy(\.isFinished) ? runs : nil
    }
    #expect(runs.map(\.state) == Array(repeating: "cancelled", count: 4), "\(runs)")
    #expect(try world.keeper.json("delay", "list") == [])
    try world.restart()
    #expect(try world.keeper.runs().allSatisfy { $0.state == "cancelled" })
    #expect(try world.keeper.keys().isEmpty, "nothing went on")
    try world.host.stop()
  }
}

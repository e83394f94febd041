// SPDX-License-Identifier: Apache-2.0
// Runs that come to a plugin which is switched off.
import TestKit
import Testing
import Values

@Suite struct DisabledPluginTests {
  @Test func `runs wait for a plugin that is disabled, say so over a restart, and go on after`()
    throws
  {
    let world = try Scenario(script: [], policy: ["when_disabled": "wait"])
    try world.apply(
      Document.connector(
        "waits", Document.row("before {{event.n}}"), try world.request("call", "/x"),
        Document.row("after {{event.n}}", id: "last")))
    try world.keeper.command("plugin", "disable", "http")
    let run = try world.post("waits", ["n": 1])

    try expectWaiting(run, world)
    try world.restart()
    try expectWaiting(run, world)
    let second = try world.post("waits", ["n": 2])
    try expectWaiting(second, world)
    #expect(world.target?.requestLines.isEmpty == true)

    try world.keeper.command("plugin", "enable", "http")

    for run in [run, second] {
      let view = try world.keeper.waitForEnd(of: run)
      #expect(view.state == "succeeded" && view["call"].status == "succeeded", "\(view)")
    }
    #expect(world.target?.requestLines.count == 2)
    let keys = try world.keeper.keys()
    #expect(keys.sorted() == ["after 1", "after 2", "before 1", "before 2"], "\(keys)")
    try world.host.stop()
  }

  private func expectWaiting(_ run: Int64, _ world: Scenario) throws {
    let why = try world.wait(for: run, standsAt: "plugin_disabled")
    #expect(why["message"]?.asText?.contains("jackfield plugin enable http") == true, "\(why)")
    #expect(why["component"] == "call", "\(why)")
  }
}

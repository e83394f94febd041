// SPDX-License-Identifier: Apache-2.0
// Delays, from the document to the row they hold back.
import TestKit
import Testing
import Values

@Suite struct DelayRunTests {
  @Test func `an amount and a date are waited for, listed meanwhile, and fire once`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "delayed",
        steps: Document.step(
          "amount", Document.delay("wait", ["amount": "1 s", "identifier": ["x:{{event.id}}", "all"]]),
          Document.row("after {{event.id}}")),
        Document.step(
          "until", Document.delay("date", ["on": "{{event.at}}"]),
          Document.row("on {{event.id}}", id: "second"))))

    let run = try world.post("delayed", ["id": 1, "at": Document.time(inSeconds: 3)])
    let listed = try poll(for: "the delay to be listed") {
      try world.keeper.json("delay", "list").asList?.first { $0["component"] == "wait" }
    }
    let view = try world.keeper.waitForEnd(of: run)

    #expect(listed["run"]?.asText == String(run) && listed["identifiers"] == ["x:1", "all"])
    #expect(view.state == "succeeded", "\(view)")
    let delays = view.timeline.filter { $0.kind == "delay" }.map { "\($0.component) \($0.status)" }
    #expect(delays == ["wait waiting", "wait passed", "date waiting", "date passed"])
    #expect((view.duration ?? 0) >= 1_000, "a delay is not cut short: \(view)")
    #expect(try world.keeper.keys() == ["after 1", "on 1"])
    try world.host.stop()
  }

  @Test func `a date that has passed follows past_due, an amount that has passed runs at once`()
    throws
  {
    let world = try Scenario()
    let cases: [(rule: JSONValue?, state: String, keys: [String])] = [
      (nil, "succeeded", ["next"]), ("skip_step", "succeeded", ["next"]),
      ("run_now", "succeeded", ["same", "next"]), ("fail", "failed", []),
    ]
    for (rule, state, keys) in cases {
      var delay: JSONObject = ["on": "2020-01-01"]
      delay["past_due"] = rule
      try world.apply(
        Document.connector(
          "late",
          steps: Document.step("a", Document.delay("wait", delay), Document.row("same")),
          Document.step("b", Document.row("next", id: "other"))))
      let before = try world.keeper.keys().count
      let view = try world.finish("late")
      #expect(view.state == state, "\(String(describing: rule)): \(view)")
      #expect(try Array(world.keeper.keys().dropFirst(before)) == keys)
    }
    try world.apply(
      Document.connector(
        "at_once",
        steps: Document.step(
          "a", Document.delay("wait", ["amount": "0 s", "from": "event"]), Document.row("at once"))))
    #expect(try world.finish("at_once").state == "succeeded")
    #expect(try world.keeper.keys().last == "at once")
    try world.host.stop()
  }

  @Test func `a connector cancels delays of another by identifier, to end or to resume`() throws {
    let world = try Scenario()
    try world.apply(sleeper)
    for (mode, state, slept) in [("end", "cancelled", 0), ("resume", "succeeded", 1)] {
      try world.apply(cancelling(["cancelled_runs": .text(mode)]))
      let (one, two) = (try world.post("sleeper", ["id": 1]), try world.post("sleeper", ["id": 2]))
      for run in [one, two] { try world.wait(for: run, toBe: "waiting") }

      let canceller = try world.finish("canceller", ["id": 1])

      #expect(canceller["cancel"].output["cancelled"] == 1, "\(canceller)")
      #expect(canceller["cancel"].output["runs"]?[0]?["run"]?.asText == String(one))
      #expect(canceller["row"].status == "succeeded", "it goes on: \(canceller)")
      #expect(try world.keeper.waitForEnd(of: one).state == state)
      #expect(try world.keeper.show(two).state == "waiting", "an exact match only")
      #expect(try world.keeper.keys().filter { $0 == "slept 1" }.count == slept)
      try world.keeper.command("delay", "cancel", "sleeper", "all")
      #expect(try world.keeper.waitForEnd(of: two).state == "cancelled")
    }
    let none = try world.finish("canceller", ["id": 99])
    #expect(none.state == "succeeded" && none["cancel"].output["cancelled"] == 0)
    try world.host.stop()
  }

  @Test func `a cancel may stop its own run, and hold for those who come later`() throws {
    let world = try Scenario()
    try world.apply(sleeper)
    try world.apply(cancelling(["then": "stop", "hold": "1 h"]))

    let canceller = try world.finish("canceller", ["id": 1])
    #expect(canceller.state == "stopped" && canceller["row"].status == "", "\(canceller)")

    let held = try world.finish("sleeper", ["id": 1])
    #expect(held.state == "cancelled" && "\(held)".contains("still held"), "\(held)")
    let free = try world.post("sleeper", ["id": 2])
    try world.wait(for: free, toBe: "waiting")
    try world.host.stop()
  }

  @Test func `delays are cancelled, moved and ended by commands`() throws {
    let world = try Scenario()
    try world.apply(sleeper)
    func sleeping(_ id: Int64) throws -> Int64 {
      let run = try world.post("sleeper", ["id": .integer(id)])
      try world.wait(for: run, toBe: "waiting")
      return run
    }
    let cancelled = try sleeping(1)
    try world.keeper.command("delay", "cancel", "sleeper", "lead:1")
    #expect(try world.keeper.waitForEnd(of: cancelled).state == "cancelled")

    let resumed = try sleeping(2)
    try world.keeper.command("delay", "cancel", "sleeper", "lead:2", "--resume")
    #expect(try world.keeper.waitForEnd(of: resumed).state == "succeeded")

    let ended = try sleeping(3)
    try world.keeper.command("runs", "resume", String(ended))
    #expect(try world.keeper.waitForEnd(of: ended).state == "succeeded")

    let moved = try sleeping(4)
    try world.keeper.command("delay", "move", String(moved), "2021-01-01T00:00:00Z")
    #expect(try world.keeper.waitForEnd(of: moved).state == "succeeded")
    #expect(try world.keeper.keys() == ["slept 2", "slept 3", "slept 4"])
    try world.host.stop()
  }

  @Test func `a delay survives kill -9 and a restart, and fires once`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "short",
        steps: Document.step(
          "a", Document.row("before"), Document.delay("wait", ["amount": "2 s"]),
          Document.row("after", id: "other"))))
    let run = try world.post("short")
    try world.wait(for: run, toBe: "waiting")

    try world.restart()

    #expect(try world.keeper.waitForEnd(of: run).state == "succeeded")
    #expect(try world.keeper.keys() == ["before", "after"])
    try world.host.stop()
  }

  private let sleeper = Document.connector(
    "sleeper",
    steps: Document.step(
      "only",
      Document.delay("wait", ["amount": "1 h", "identifier": ["lead:{{event.id}}", "all"]]),
      Document.row("slept {{event.id}}")))

  private func cancelling(_ more: JSONObject) -> JSONValue {
    var parameters: JSONObject = [
      "delays": [["connector": "sleeper", "identifier": "lead:{{event.id}}"]]
    ]
    for member in more { parameters[member.name] = member.value }
    return Document.connector(
      "canceller",
      steps: Document.step(
        "only",
        Document.action("cancel", "control.cancel_delay", with: .object(parameters)),
        Document.row("cancelled")))
  }
}

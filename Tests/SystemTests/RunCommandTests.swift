// SPDX-License-Identifier: Apache-2.0
// What a person does to runs: look for them, ask why, retry, cancel, resolve.
import Glibc
import TestKit
import Testing
import Values

@Suite struct RunCommandTests {
  @Test func `a failed run goes on from the failed action, after a dry run that says what repeats`()
    throws
  {
    let world = try Scenario(script: [["path": "/once", "status": 503, "times": 1]])
    try world.apply(
      Document.connector(
        "call", Document.row("before {{event.lead_id}}"), try world.request("call", "/once"),
        Document.row("after {{event.lead_id}}", id: "last")))
    let run = try world.finish("call", ["lead_id": 7])
    #expect(run.state == "failed", "\(run)")
    let number = String(run.id)
    let found = try world.keeper.json("runs", "list", "--where", "event.lead_id=7")
    #expect(found.asList?.count == 1)
    let none = try world.keeper.json("runs", "list", "--where", "event.lead_id=8")
    #expect(none.asList?.isEmpty == true)
    let marked = try world.keeper.command(["runs", "list", "--mark", "unknwon"])
    #expect(marked.status == .exited(2))
    #expect(marked.errors.contains("unknown, repeated, sent, not_sent"), "\(marked.errors)")

    let dry = try world.keeper.json("runs", "retry", number, "--from", "step", "--dry-run")
    #expect(dry[0]?["repeats"]?.json.contains("data_storage.create_row") == true, "\(dry)")
    #expect(try world.keeper.show(run.id).state == "failed", "a dry run changes nothing")

    try world.keeper.command("runs", "retry", number)
    let again = try world.wait(for: run.id, toBe: "succeeded")
    #expect(again["call"].status == "succeeded", "\(again)")
    #expect(try world.keeper.keys() == ["before 7", "after 7"], "what had succeeded is not repeated")
    try world.host.stop()
  }

  @Test func `a retry runs on its own version, or on the current one where that is asked for`() throws
  {
    let world = try Scenario()
    func connector(_ storage: String) -> JSONValue {
      Document.connector(
        "mended", Document.row("first {{connector.version}}"),
        Document.action(
          "row2", "data_storage.create_row",
          with: ["storage": .text(storage), "fields": ["Key": "second {{connector.version}}"]]))
    }
    try world.apply(connector("{{event.storage}}"))
    let run = try world.finish("mended", ["storage": "Missing"])
    try world.apply(connector("Seen"))

    try world.keeper.command("runs", "retry", String(run.id))
    let own = try poll(for: "the second failure") {
      let view = try world.keeper.show(run.id)
      return view.state == "failed" && view.timeline.filter { $0.kind == "action" }.count == 3
        ? view : nil
    }
    #expect(own["row2"].code == "storage_not_found", "its own version still fails: \(own)")

    try world.keeper.command("runs", "retry", String(run.id), "--version", "current")
    try world.wait(for: run.id, toBe: "succeeded")
    #expect(try world.keeper.keys() == ["first 1", "second 2"])
    try world.host.stop()
  }

  @Test func `a run is cancelled where it waits, and after its call where it is in one`() throws {
    let world = try Scenario(script: [["path": "/slow", "delay_ms": 1500]])
    try world.apply(
      Document.connector("waits", Document.delay("wait", ["amount": "1 h"]), Document.row("never")))
    let waiting = try world.post("waits")
    try world.wait(for: waiting, toBe: "waiting")
    try world.keeper.command("runs", "cancel", String(waiting))
    #expect(try world.keeper.show(waiting).state == "cancelled")
    #expect(try world.keeper.json("delay", "list") == [], "its delay went with it")

    try world.apply(
      Document.connector("calls", try world.request("call", "/slow"), Document.row("never")))
    let calling = try world.post("calls")
    try world.target?.waitForRequests(1)
    try world.keeper.command("runs", "cancel", String(calling))
    let view = try world.keeper.show(calling)
    #expect(view.state == "cancelled" && view["call"].status == "succeeded", "\(view)")

    let again = try world.keeper.command(["runs", "cancel", String(calling)])
    #expect(!again.isSuccess, "it has ended")
    #expect(try world.keeper.keys().isEmpty)
    try world.host.stop()
  }

  @Test func `a person says once whether a request of unknown fate was sent`() throws {
    let world = try Scenario(script: [["path": "/lost", "close": "before"]])
    try world.apply(
      Document.connector(
        "lost", try world.request("call", "/lost", ["effect": "at_most_once"])))
    for (word, mark) in [("--sent", "sent"), ("--not-sent", "not_sent")] {
      let run = try world.finish("lost")
      #expect(run.state == "failed" && run.mark == "unknown", "\(run)")
      try world.keeper.command("runs", "resolve", String(run.id), word)
      #expect(try world.keeper.show(run.id).mark == mark)
      let again = try world.keeper.command(["runs", "resolve", String(run.id), word])
      #expect(!again.isSuccess && again.errors.contains("unknown"), "\(again.errors)")
    }
    try world.host.stop()
  }

  @Test func `run FILE ends when the run is parked, and says what goes on with it`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let file = keeper.write(
      Document.connector("later", Document.delay("wait", ["amount": "1 h"]), Document.row("x")),
      to: "later.json")
    let event = keeper.write([:], to: "event.json")

    let result = try keeper.command(["run", file, "--event", event])

    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.output.contains("waiting"), "\(result.output)")
    let words = result.output + result.errors
    #expect(words.contains("jackfield serve") && words.contains("runs explain"), "\(words)")
  }
}

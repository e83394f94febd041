// SPDX-License-Identifier: Apache-2.0
// What the program says to a person who cancels, resolves, rolls back and compares.
import TestKit
import Testing
import Values

@Suite struct PersonTests {
  @Test func `a cancel that an open call came before says so, and not that the run had ended`() throws
  {
    let world = try Scenario(script: [["path": "/slow", "delay_ms": 1500, "status": 404]])
    try world.apply(
      Document.connector("calls", steps: Document.step("a", try world.request("call", "/slow"))))
    let run = try world.post("calls")
    try world.target?.waitForRequests(1)
    let said = try world.keeper.command(["runs", "cancel", String(run)])
    #expect(said.status == .exited(1), "\(said.output)")
    #expect(said.errors.contains("its open call had to end first"), "\(said.errors)")
    #expect(said.errors.contains("failed"), "\(said.errors)")
    let again = try world.keeper.command(["runs", "cancel", String(run)])
    #expect(again.errors.contains("had ended before, as failed"), "\(again.errors)")
    try world.host.stop()
  }

  @Test func `what was not sent by a run that succeeded is not said to be retried`() throws {
    let world = try Scenario(script: [["path": "/lost", "close": "before"]])
    for (name, rule) in [("goes", "continue"), ("fails", "fail")] {
      try world.apply(
        Document.connector(
          name,
          steps: Document.step(
            "a",
            try world.request(
              "call", "/lost", ["effect": "at_most_once", "on_unknown": .text(rule)]))))
    }
    let went = try world.finish("goes")
    #expect(went.state == "succeeded" && went.mark == "unknown", "\(went)")
    let said = try world.keeper.command("runs", "resolve", String(went.id), "--not-sent")
    #expect(!said.contains("runs retry") && said.contains("connector replay"), "\(said)")
    let failed = try world.finish("fails")
    let other = try world.keeper.command("runs", "resolve", String(failed.id), "--not-sent")
    #expect(other.contains("runs retry \(failed.id)"), "\(other)")
    try world.host.stop()
  }

  @Test func `a rollback to a version that names what is gone is refused with the findings`() throws {
    let keeper = Operator()
    guard var project = Document.project().asObject else { return }
    project["constants"] = ["desk": "a"]
    try keeper.apply(project: .object(project))
    try keeper.apply(
      connector: Document.connector("rows", Document.row("{{project.constants.desk}}")))
    try keeper.apply(connector: Document.connector("rows", Document.row("two")))
    project["constants"] = ["other": "a"]
    try keeper.apply(project: .object(project))

    let refused = try keeper.command(["connector", "rollback", "rows", "1"])
    #expect(refused.status == .exited(2), "\(refused.output)\(refused.errors)")
    #expect(refused.errors.contains("rows v1:") && refused.errors.contains("desk"))
    #expect(try keeper.json("connector", "show", "rows")["version"] == 2, "nothing changed")

    project["constants"] = ["desk": "b"]
    try keeper.apply(project: .object(project))
    let done = try keeper.json("connector", "rollback", "rows", "1")
    #expect(done["connector"]?["version"] == 1, "\(done)")
  }

  @Test func `a comparison succeeds whatever it finds, and tells by its exit code where asked`() throws
  {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    for row in ["one", "two"] {
      try keeper.apply(connector: Document.connector("rows", Document.row(row)))
    }
    for (words, code) in [([], 0), (["--exit-code"], 1)] as [([String], Int32)] {
      for json in [[], ["--json"]] as [[String]] {
        let result = try keeper.command(["connector", "diff", "rows"] + words + json)
        #expect(result.status == .exited(code), "\(words) \(result.output)")
      }
    }
    let same = keeper.write(Document.connector("rows", Document.row("two")), to: "same.json")
    #expect(try keeper.command(["connector", "diff", same, "--exit-code"]).status == .exited(0))
  }

  @Test func `a date in dedupe.by is read in the project's zone`() throws {
    let world = try Scenario(more: ["time_zone": "Europe/Berlin"])
    try world.apply(
      Document.connector(
        "daily",
        [
          "trigger": [
            "webhook": [
              "dedupe": [
                "by": .text(
                  "{{event.at | date_format: \"yyyy-MM-dd\"}} {{event.at | in_time_zone: "
                    + "\"America/New_York\" | date_format: \"yyyy\"}}")
              ]
            ]
          ]
        ], steps: Document.step("a", Document.row("{{event.at}}"))))
    // In Berlin both are the second of June, in UTC they are not.
    let first = try world.post("daily", ["at": "2026-06-01T22:30:00Z"])
    #expect(try world.post("daily", ["at": "2026-06-02T08:00:00Z"]) == first, "a duplicate")
    #expect(try world.post("daily", ["at": "2026-06-01T21:30:00Z"]) != first)
    try world.host.stop()
  }
}

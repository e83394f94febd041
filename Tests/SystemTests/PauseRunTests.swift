// SPDX-License-Identifier: Apache-2.0
// A project that is paused, through the built program.
import TestKit
import Testing
import Values

@Suite struct PauseRunTests {
  @Test func `a paused project takes events and moves no run, over a restart, until it goes on`()
    throws
  {
    let world = try Scenario()
    try world.apply(Document.connector("rows", steps: Document.step("a", Document.row("{{event.k}}"))))
    try world.apply(
      Document.connector(
        "later",
        steps: Document.step(
          "a", Document.delay("wait", ["amount": "2 s"]), Document.row("{{event.k}}"))))
    let sleeping = try world.post("later", ["k": "late"])
    try world.wait(for: sleeping, toBe: "waiting")
    let said = try world.keeper.command("project", "pause", Document.project)
    #expect(said.contains("is paused"), "\(said)")
    #expect(try world.keeper.command("project", "pause").contains("paused before"))

    let new = try world.post("rows", ["k": "new"])
    _ = try world.wait(for: new, standsAt: "project_paused")
    _ = try world.wait(for: sleeping, standsAt: "project_paused")
    try world.restart()
    let late = try world.post("rows", ["k": "later"])
    for run in [new, sleeping, late] {
      let why = try world.wait(for: run, standsAt: "project_paused")
      #expect(why["message"]?.asText?.contains("project resume") == true, "\(why)")
    }
    for run in [new, late] { #expect(try world.keeper.show(run).timeline.isEmpty) }
    #expect(try world.keeper.show(sleeping).state == "waiting")

    let status = try world.keeper.command(["status", "--json"])
    let value = try JSONValue(parsing: status.output)
    #expect(status.status == .exited(1), "\(status.output)")
    #expect(value["problems"]?.asList?.map { $0["code"] } == ["project_paused"], "\(value)")
    #expect(value["projects"]?[Document.project]?["paused_since"] != nil)
    #expect(try world.keeper.json("project", "show")["paused_since"] != nil)
    #expect(try world.keeper.command("project", "list").contains("paused since"))
    #expect(try !world.keeper.command("project", "export").contains("paused"))

    try world.keeper.command("project", "resume", Document.project)
    for run in [new, sleeping, late] {
      #expect(try world.keeper.waitForEnd(of: run).state == "succeeded")
    }
    #expect(try Set(world.keeper.keys()) == ["late", "later", "new"])
    #expect(try world.keeper.command("project", "resume").contains("was not paused"))
    try world.host.stop()
  }

  @Test func `without a host a project is paused and resumed all the same, and no draft is run`()
    throws
  {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let url = try keeper.apply(connector: Document.connector("rows", Document.row("{{event.k}}")))
    try keeper.command("project", "pause")
    let draft = keeper.write(Document.connector("draft", Document.row("d")), to: "draft.json")
    let refused = try keeper.command(["run", draft])
    #expect(refused.status == .exited(1) && refused.errors.contains("paused"), "\(refused.errors)")
    #expect(try keeper.command(["project", "pause", "nobody"]).status == .exited(2))

    let host = try ServedHost(keeper)
    let path = url.split(separator: "/").last.map(String.init) ?? ""
    let run = try host.post(["k": "x"], to: host.url + "/in/" + path)
    try host.stop()
    #expect(try keeper.json("runs", "explain", String(run))["reason"] == "project_paused")
    try keeper.command("project", "resume")
    let again = try ServedHost(keeper)
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    try again.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
// control.route_to_connector: events handed on, and where that ends.
import TestKit
import Testing
import Values

@Suite struct RoutingTests {
  @Test func `an event handed on becomes a run of the other connector, and the first goes on`()
    throws
  {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "target", ["trigger": ["connector": [:]]],
        steps: Document.step(
          "a",
          Document.row(
            "{{event.name}} {{run.hops}} {{event.secret}}{{contact.name}} "
              + "{{event.custom_variables.utm}}"))))
    try world.apply(
      Document.connector(
        "source", ["contact": Document.contact],
        steps: Document.step(
          "each", forEach: ["in": "{{event.list}}"],
          Document.action(
            "route", "control.route_to_connector",
            with: ["connector": "target", "event": ["name": "{{item}}"]]))))

    let event: JSONValue = [
      "list": ["x", "y"], "phone": "+15550001111", "name": "ana", "secret": "s",
    ]
    let run = try world.host.post(event, to: world.url(of: "source") + "?utm=fair")
    let view = try world.keeper.waitForEnd(of: run)

    #expect(view.state == "succeeded" && view["route"].output["hops"] == 1, "\(view)")
    try poll(for: "the routed runs") { try world.keeper.keys().count == 2 ? () : nil }
    #expect(try world.keeper.keys().sorted() == ["x 1 ana fair", "y 1 ana fair"])
    try world.host.stop()
  }

  @Test func `the eleventh hop is refused with loop limit reached, and what is done stays done`()
    throws
  {
    let world = try Scenario()
    func going(_ name: String, to other: String) -> JSONValue {
      Document.connector(
        name, ["trigger": name == "a" ? ["webhook": [:]] : ["connector": [:]]],
        steps: Document.step(
          "s", Document.row("\(name) {{run.hops}}"),
          Document.action("route", "control.route_to_connector", with: ["connector": .text(other)])))
    }
    try world.apply(
      Document.connector(
        "b", ["trigger": ["connector": [:]]], steps: Document.step("s", Document.row("b"))))
    try world.apply(going("a", to: "b"))
    try world.apply(going("b", to: "a"))

    _ = try world.post("a")

    let runs = try poll(for: "the last of them to fail") {
      let runs = try world.keeper.runs()
      return runs.contains { $0.state == "failed" } ? runs : nil
    }
    let failed = try world.keeper.show(try #require(runs.first { $0.state == "failed" }).id)
    #expect(failed["route"].message == "loop limit reached", "\(failed)")
    #expect(runs.count == 11 && runs.filter { $0.state == "succeeded" }.count == 10)
    let keys = try world.keeper.keys()
    #expect(keys == (0...10).map { "\($0 % 2 == 0 ? "a" : "b") \($0)" }, "\(keys)")
    try world.host.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
// for_each, inside the run and as runs of the elements.
import TestKit
import Testing
import Values

@Suite struct LoopRunTests {
  private let list: JSONValue = [
    ["k": "a", "storage": "Seen"], ["k": "skip", "storage": "Seen"],
    ["k": "b", "storage": "Missing"], ["k": "c", "storage": "Seen"],
  ]

  @Test func `elements run in order, and a saved name becomes the list over them`() throws {
    let world = try Scenario()
    try world.apply(
      loop(
        filter: true, element: ["fallback": "continue"],
        key: "{{topic.k}} {{index}} {{count}} {{first}} {{last}}"))

    let view = try world.finish("loop", ["list": list])

    #expect(view.state == "succeeded", "\(view)")
    let keys = try world.keeper.keys()
    #expect(keys == ["a 0 4 true false", "c 3 4 false true", "4 elements, then"], "\(keys)")
    let made = view["check"].output["made"]
    #expect(made?[0]?["fields"]?["Key"] == "a 0 4 true false", "\(view)")
    #expect(made?[1]?.isNull == true && made?[2]?.isNull == true, "filtered and failed: null")
    #expect(made?[3]?["fields"]?["Key"] == "c 3 4 false true")

    for (event, count) in [
      (["list": ["k": "one", "storage": "Seen"]], 1), ([:], 0),
    ] as [(JSONValue, Int)] {
      #expect(try world.finish("loop", event).state == "succeeded")
      #expect(try world.keeper.keys().last == "\(count) elements, then")
    }
    try world.host.stop()
  }

  @Test func `a failed element leaves the others alone, or ends the loop where that is asked for`()
    throws
  {
    let world = try Scenario()
    for (rule, state, keys) in [
      ("continue", "succeeded", ["a", "skip", "c", "4 elements, then"]),
      ("stop", "failed", ["a", "skip"]),
    ] {
      try world.apply(loop(["on_element_failed": .text(rule)]))
      let before = try world.keeper.keys().count
      let view = try world.finish("loop", ["list": list])
      #expect(view.state == state, "\(rule): \(view)")
      #expect(try Array(world.keeper.keys().dropFirst(before)) == keys, "\(rule)")
    }
    try world.host.stop()
  }

  @Test func `a delay inside makes runs of the elements, and the parent waits for all or none`()
    throws
  {
    let world = try Scenario()
    for (waits, last) in [("all", "4 elements, then"), ("none", " elements, then")] {
      try world.apply(loop(["wait": .text(waits)], delay: "1 s"))
      let before = try world.keeper.keys().count
      let run = try world.post("loop", ["list": list])
      if waits == "all" {
        let why = try world.wait(for: run, standsAt: "children")
        #expect(why["count"] == 4 && why["open"] == 4, "\(why)")
      }
      let parent = try world.keeper.waitForEnd(of: run)
      #expect(parent.state == "succeeded", "\(parent)")
      let children = try poll(for: "the runs of the elements to end") {
        let runs = try world.keeper.runs().filter { $0.id > run }
        return runs.count >= 4 && runs.allSatisfy(\.isFinished) ? runs : nil
      }
      #expect(children.map(\.state).sorted() == ["failed", "succeeded", "succeeded", "succeeded"])
      let keys = try Array(world.keeper.keys().dropFirst(before))
      #expect(keys.sorted() == ["a", "c", "skip", last].sorted(), "\(keys)")
      #expect(keys.firstIndex(of: last) == (waits == "all" ? 3 : 0), "\(keys)")
    }
    try world.host.stop()
  }

  @Test func `only the failed elements run again`() throws {
    let world = try Scenario()
    try world.apply(loop())
    let run = try world.finish("loop", ["list": list])
    #expect(try world.keeper.keys() == ["a", "skip", "c", "4 elements, then"], "\(run)")

    try world.keeper.apply(
      project: [
        "format": 1, "name": .text(Document.project),
        "storages": [["name": "Missing", "columns": [["name": "Key", "type": "text"]]]],
      ])
    let number = String(run.id)
    try world.keeper.command("runs", "retry", number, "--elements", "each")

    let again = try world.wait(for: run.id, toBe: "succeeded")
    let rows = again.timeline.filter { $0.component == "row" && $0.status == "succeeded" }
    #expect(rows.count == 4, "\(again)")
    #expect(try world.keeper.keys().filter { $0 == "a" }.count == 1, "the others do not")
    try world.host.stop()
  }

  /// A loop over `event.list` that makes a row of each element, and one more at its end.
  private func loop(
    _ more: JSONObject = [:], filter: Bool = false, delay: String? = nil,
    element: JSONObject = [:], key: String = "{{topic.k}}"
  ) -> JSONValue {
    var forEach: JSONObject = ["in": "{{event.list}}", "as": "topic"]
    for member in more { forEach[member.name] = member.value }
    var components: [JSONValue] = []
    if filter {
      components.append([
        "filter": [
          "all": [["left": "{{topic.k}}", "type": "text", "op": "is_not", "right": "skip"]]
        ]
      ])
    }
    if let delay { components.append(Document.delay("wait", ["amount": .text(delay)])) }
    var save: JSONObject = ["save": "made"]
    for member in element { save[member.name] = member.value }
    components.append(
      Document.action(
        "row", "data_storage.create_row",
        with: ["storage": "{{topic.storage}}", "fields": ["Key": .text(key)]], save))
    let each: JSONValue = [
      "id": "each", "for_each": .object(forEach), "components": .list(components),
    ]
    return Document.connector(
      "loop",
      steps: each,
      Document.step(
        "then",
        ["format": ["id": "check", "save": "check", "values": ["made": "{{made}}"]]],
        Document.row("{{made | count}} elements, then", id: "last")))
  }
}

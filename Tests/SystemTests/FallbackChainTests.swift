// SPDX-License-Identifier: Apache-2.0
// Fallbacks that fail themselves.
import TestKit
import Testing
import Values

@Suite struct FallbackChainTests {
  /// `call`, else `second`, else `third`; where the third fails too, its own rule decides.
  @Test func `a fallback that fails takes its own, to the end of the chain or to another step`()
    throws
  {
    let world = try Scenario(script: [
      ["path": "/503", "status": 503], ["path": "/404", "status": 404],
      ["path": "/403", "status": 403],
    ])
    let third = try action(
      world, "third",
      [["on": ["code": ["http_not_found"]], "do": ["goto": "late"]], ["do": "continue"]])
    let second = try action(world, "second", [["do": third]])
    let first = try action(
      world, "call", [["on": ["class": ["unavailable"]], "do": second], ["do": "stop"]])
    try world.apply(
      Document.connector(
        "chain",
        steps: Document.step(
          "one", first,
          Document.row("same {{action.call.status}} {{action.third.status}}")),
        Document.step("two", Document.row("two", id: "middle")),
        Document.step("late", Document.row("late", id: "last"))))
    let cases: [(answers: [String], state: String, asked: Int, keys: [String])] = [
      (["503", "503", "200"], "succeeded", 3, ["same failed succeeded", "two", "late"]),
      (["503", "404", "404"], "succeeded", 3, ["late"]),
      (["503", "503", "403"], "succeeded", 3, ["same failed failed", "two", "late"]),
      (["503", "200", "200"], "succeeded", 2, ["same failed ", "two", "late"]),
      (["404", "200", "200"], "failed", 1, []),
    ]
    for expected in cases {
      let (before, asked) = (try world.keeper.keys().count, world.target?.requestLines.count ?? 0)
      let event: JSONObject = [
        "call": .text(expected.answers[0]), "second": .text(expected.answers[1]),
        "third": .text(expected.answers[2]),
      ]
      let view = try world.finish("chain", .object(event))

      #expect(view.state == expected.state, "\(expected.answers): \(view)")
      #expect((world.target?.requestLines.count ?? 0) - asked == expected.asked, "\(view)")
      let keys = try Array(world.keeper.keys().dropFirst(before))
      #expect(keys == expected.keys, "\(expected.answers)")
      if expected.asked == 3 {
        #expect(view["call"].value["taken"] == ["action": "second"], "\(view)")
        #expect(view["second"].value["taken"] == ["action": "third"], "\(view)")
      }
    }
    try world.host.stop()
  }

  private func action(
    _ world: Scenario, _ id: String, _ fallback: JSONValue
  ) throws -> JSONValue {
    try world.request(id, "/{{event.\(id)}}", ["fallback": fallback])
  }
}

// SPDX-License-Identifier: Apache-2.0
// What happens when an action fails: rules by class and code, other actions, other steps.
import TestKit
import Testing
import Values

@Suite struct FallbackRunTests {
  private let script: JSONValue = [
    ["path": "/503", "status": 503], ["path": "/403", "status": 403],
    ["path": "/404", "status": 404], ["path": "/409", "status": 409],
    ["path": "/lost", "close": "before"],
  ]

  @Test func `the first rule whose class or code matches decides, and no match stops`() throws {
    let world = try Scenario(script: script)
    let rules: JSONValue = [
      ["on": ["code": ["http_denied"]], "do": "continue"],
      [
        "on": ["class": ["unavailable"]],
        "do": Document.row("instead {{error.class}} {{error.code}} {{failed.use}}", id: "other"),
      ],
      ["on": ["class": ["not_found", "denied"]], "do": ["goto": "three"]],
    ]
    try world.apply(
      Document.connector(
        "rules",
        steps: Document.step(
          "one", try world.request("call", "/{{event.answer}}", ["fallback": rules]),
          Document.row("same {{action.call.status}} {{action.call.ok}}")),
        Document.step("two", Document.row("two", id: "second")),
        Document.step("three", Document.row("three", id: "third"))))
    let cases: [(answer: String, state: String, taken: JSONValue?, keys: [String])] = [
      ("200", "succeeded", nil, ["same succeeded true", "two", "three"]),
      ("403", "succeeded", "continue", ["same failed false", "two", "three"]),
      (
        "503", "succeeded", ["action": "other"],
        [
          "instead unavailable http_server_unavailable http.request", "same failed false", "two",
          "three",
        ]
      ),
      ("404", "succeeded", ["goto": "three"], ["three"]),
      ("409", "failed", "stop", []),
    ]
    for expected in cases {
      let before = try world.keeper.keys().count
      let view = try world.finish("rules", ["answer": .text(expected.answer)])
      #expect(view.state == expected.state, "\(expected.answer): \(view)")
      #expect(view["call"].value["taken"] == expected.taken, "\(expected.answer): \(view)")
      let keys = try Array(world.keeper.keys().dropFirst(before))
      #expect(keys == expected.keys, "\(expected.answer)")
    }
    try world.host.stop()
  }

  @Test func `a plugin's fallback in the project stands in where the action names none`() throws {
    let instead: JSONValue = [
      "action": [
        "use": "data_storage.create_row",
        "with": ["storage": "Seen", "fields": ["Key": "instead of {{failed.use}}"]],
      ]
    ]
    let world = try Scenario(
      script: script,
      policy: [
        "fallback": [["on": ["class": ["unavailable"]], "do": instead], ["do": "stop"]]
      ])
    for (path, own, state, keys) in [
      ("/503", nil, "succeeded", ["instead of http.request", "after"]),
      ("/404", nil, "failed", []), ("/503", "continue", "succeeded", ["after"]),
    ] as [(String, JSONValue?, String, [String])] {
      var more = JSONObject()
      more["fallback"] = own
      try world.apply(
        Document.connector("plain", try world.request("call", path, more), Document.row("after")))
      let before = try world.keeper.keys().count
      #expect(try world.finish("plain").state == state)
      #expect(try Array(world.keeper.keys().dropFirst(before)) == keys)
    }
    try world.host.stop()
  }

  @Test func `an unknown fate fails, goes on, or is risked again, as on_unknown says`() throws {
    let world = try Scenario(script: script)
    let cases: [(rule: JSONValue?, state: String, status: String, sent: Int)] = [
      (nil, "failed", "", 1), ("fail", "failed", "", 1), ("continue", "succeeded", "unknown", 1),
      ("retry", "failed", "", 2),
    ]
    for expected in cases {
      var more: JSONObject = [
        "effect": "at_most_once", "retry": ["attempts": 2, "first_wait": "50 ms"],
      ]
      more["on_unknown"] = expected.rule
      try world.apply(
        Document.connector(
          "lost", try world.request("call", "/lost", more),
          Document.row("{{action.call.status}}")))
      let sent = world.target?.requestLines.count ?? 0
      let view = try world.finish("lost")
      #expect(view.state == expected.state && view.mark == "unknown", "\(view)")
      #expect(view["row"].value["input"]?["fields"]?["Key"]?.asText ?? "" == expected.status)
      #expect((world.target?.requestLines.count ?? 0) - sent == expected.sent, "\(view)")
    }
    try world.host.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// Contract of `runs.h`: the plugin may put a deferred value anywhere in its result.
@Suite struct DeferredValuesTests {
  private let values: [Int: JSONValue] = [
    1: ["run": "31", "started": true], 2: ["cancelled": 0, "runs": []], 3: ["$deferred": 1],
  ]

  @Test(arguments: [
    // Anywhere, whole or a member.
    (["$deferred": 1], ["run": "31", "started": true]),
    (
      ["a": [["b": ["$deferred": 1, "member": "run"]], 7]], ["a": [["b": "31"], 7]]
    ),
    (["n": ["$deferred": 2, "member": "cancelled"]], ["n": 0]),
    (["n": ["member": "runs", "$deferred": 2]], ["n": []]),
    // A member the value does not have is null, as a member of an object that is none.
    (["n": ["$deferred": 1, "member": "nothing"]], ["n": .null]),
    // A slot of no effect, or another shape: an object like any other, looked into as one.
    (["n": ["$deferred": 4]], ["n": ["$deferred": 4]]),
    (["n": ["$deferred": -1]], ["n": ["$deferred": -1]]),
    (["n": ["$deferred": 9_223_372_036_854_775_807]], ["n": ["$deferred": 9_223_372_036_854_775_807]]),
    (["n": ["$deferred": "1"]], ["n": ["$deferred": "1"]]),
    (["n": ["$deferred": 1.5]], ["n": ["$deferred": 1.5]]),
    (["n": ["$deferred": 1, "member": 2]], ["n": ["$deferred": 1, "member": 2]]),
    (
      ["$deferred": 1, "a": ["$deferred": 1, "member": "run"], "b": 1],
      ["$deferred": 1, "a": "31", "b": 1]
    ),
    // What is put in is data: it is not looked into again.
    (["n": ["$deferred": 3]], ["n": ["$deferred": 1]]),
  ] as [(JSONValue, JSONValue)])
  func `a deferred value is put in, and everything else stays`(
    _ result: JSONValue, _ filled: JSONValue
  ) {
    #expect(DeferredValues.fill(result, values) == filled)
  }

  @Test func `without values a result stays byte by byte`() {
    let result: JSONValue = ["run": ["$deferred": 1]]
    #expect(DeferredValues.fill(result, [:]).json == result.json)
  }
}

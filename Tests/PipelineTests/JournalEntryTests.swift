// SPDX-License-Identifier: Apache-2.0
// Journal entries, positions and states as they are stored.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct JournalEntryTests {
  @Test func `an entry reads back as it was written, with every member`() throws {
    var entry = JournalEntry(
      step: "s", component: "c", kind: .action, status: .timeout, action: "shop.ask",
      input: ["a": 1], output: [1], error: ActionFailure(.timeout, code: "t", message: "late"),
      attempts: 3, taken: .action("b"), notes: ["n"])
    entry.element = 4
    entry.path = [0, 2]
    entry.rule = 1
    entry.save = "v"
    entry.stops = "enough"
    entry.dueAt = Moment(milliseconds: 1_795_341_600_001)
    entry.retryAt = Fixtures.now
    entry.spentMS = 12
    entry.isDry = true
    let read = try JournalEntry(value: JSONValue(parsing: entry.value.json))
    #expect(read == entry)
    #expect(entry.value["due_at"] == "2026-11-22T10:00:00.001Z")
  }

  @Test(arguments: [Taken.stop, .continue, .goto("s"), .action("a")])
  func `what was taken reads back`(taken: Taken) {
    #expect(Taken(value: taken.value) == taken)
    let state = ActionState(status: .failed, attempts: 2, error: nil, taken: taken)
    #expect(ActionState(value: state.value) == state)
  }

  @Test(arguments: [.null, "else", 1, [:], ["goto": 1], ["action": .null]] as [JSONValue])
  func `anything else was not taken`(value: JSONValue) {
    #expect(Taken(value: value) == nil)
    #expect(ActionState(value: value) == nil)
  }

  @Test(arguments: [
    (Position(step: 0, component: 0), "[0,0]"), (Position(step: -1, component: 0), "[-1,0]"),
    (Position(step: 3, component: 12, element: 9_999), "[3,12,9999]"),
  ])
  func `a position has a text`(position: Position, text: String) {
    #expect(position.text == text)
    #expect(Position(text: text) == position)
  }

  @Test(arguments: [
    "", "[]", "[1]", "[1,2,3,4]", "[1,]", "[-2,0]", "[0,-1]", "1,2", "[1,2", "[a,b]", "[1,2,-3]",
    "[99999999999999999999,0]",
  ])
  func `any other text is no position`(text: String) {
    #expect(Position(text: text) == nil)
  }

  @Test func `positions are in the order in which a run meets them`() {
    let order = [
      Position(step: -1, component: 0), Position(step: 0, component: 3),
      Position(step: 1, component: 0, element: 0), Position(step: 1, component: 1, element: 0),
      Position(step: 1, component: 0, element: 1), Position(step: 2, component: 0),
    ]
    #expect(order.shuffled().sorted() == order)
  }
}

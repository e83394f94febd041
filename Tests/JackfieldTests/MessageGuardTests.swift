// SPDX-License-Identifier: Apache-2.0
// The guard against two machines that answer each other.
import Jackfield
import Testing

@Suite struct MessageGuardTests {
  @Test func `five replies to a contact within a minute are let through, and more after it`() {
    let start: Int64 = 1_700_000_000_000
    let messages: [(contact: String, after: Int64, isLetThrough: Bool)] = [
      ("a", 0, true), ("a", 1_000, true), ("a", 2_000, true), ("a", 3_000, true),
      ("a", 4_000, true), ("a", 59_999, false), ("b", 59_999, true), ("a", 60_000, true),
      ("a", 60_001, false),
    ]
    var counted = MessageGuard()
    let answers = messages.map { counted.admits($0.contact, now: start + $0.after) }
    #expect(answers == messages.map(\.isLetThrough))
  }

  @Test func `a clock that is set back stops nobody`() {
    var counted = MessageGuard()
    let before = (0..<5).map { _ in counted.admits("a", now: 1_000_000) }
    let after = counted.admits("a", now: 500_000)
    #expect(before == Array(repeating: true, count: 5) && after)
  }
}

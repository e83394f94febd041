// SPDX-License-Identifier: Apache-2.0
// The guard against two machines that answer each other.
import Jackfield
import Testing

@Suite struct MessageGuardTests {
  @Test func `five replies to a contact within a minute are let through, and more after it`() {
    var messages = MessageGuard()
    let start: Int64 = 1_700_000_000_000
    for count in 0..<5 { #expect(messages.admits("a", now: start + Int64(count) * 1_000)) }
    #expect(!messages.admits("a", now: start + 59_999))
    #expect(messages.admits("b", now: start + 59_999), "another contact has its own five")
    #expect(messages.admits("a", now: start + 60_000), "the first is a minute ago")
    #expect(!messages.admits("a", now: start + 60_001))
  }

  @Test func `a clock that is set back stops nobody`() {
    var messages = MessageGuard()
    for _ in 0..<5 { #expect(messages.admits("a", now: 1_000_000)) }
    #expect(messages.admits("a", now: 500_000))
  }
}

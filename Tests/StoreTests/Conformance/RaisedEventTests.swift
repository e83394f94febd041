// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Keys of raised events, and the guard against two machines that answer each other.
@Suite struct RaisedEventTests {
  let fixture: StoreFixture
  private let start: Int64 = 1_700_000_000_000
  private let week: Int64 = 7 * 86_400_000

  init() throws { fixture = try StoreFixture() }

  private func take(
    _ key: String, kind: String = "message", project: ProjectID = "acme", after: Int64 = 0
  ) throws -> Bool {
    let now = start + after
    return try fixture.write { write throws(StoreError) in
      try write.raisedKeyTake(project, kind: kind, key: key, nowMS: now)
    }
  }

  private func admit(_ sender: String, after: Int64, project: ProjectID = "acme") throws -> Bool {
    let now = start + after
    return try fixture.write { write throws(StoreError) in
      try write.messageAdmit(project, sender: sender, nowMS: now)
    }
  }

  @Test func `a key is taken once in seven days, by project and kind`() throws {
    #expect(try take("a"))
    #expect(try !take("a", after: 1))
    #expect(try take("b") && take("a", kind: "email") && take("a", project: "other"))
    #expect(try !take("a", after: week - 1), "a week is not over")
    #expect(try take("a", after: week))
    #expect(try !take("a", after: week + 1))
  }

  @Test func `a key that is too long is refused`() throws {
    #expect(throws: StoreError.self) { try take(String(repeating: "k", count: 1 << 16)) }
  }

  @Test func `keys whose time is over make room`() throws {
    for count in 0..<40 { #expect(try take("old \(count)")) }
    for count in 0..<20 { #expect(try take("new \(count)", after: week)) }
    let now = start + week
    let left = try fixture.write { write throws(StoreError) in try write.storeTidy(nowMS: now) }
    #expect(left == 0, "the new ones have cleared the old ones away")
  }

  @Test func `five replies to a contact within a minute are let through, and more after it`() throws {
    let messages: [(contact: String, after: Int64, isLetThrough: Bool)] = [
      ("a", 0, true), ("a", 1_000, true), ("a", 2_000, true), ("a", 3_000, true),
      ("a", 4_000, true), ("a", 59_999, false), ("b", 59_999, true), ("a", 60_000, true),
      ("a", 60_001, false),
    ]
    for message in messages {
      #expect(try admit(message.contact, after: message.after) == message.isLetThrough, "\(message)")
    }
    #expect(try admit("a", after: 60_001, project: "other"))
  }

  @Test func `a clock that is set back stops nobody`() throws {
    for _ in 0..<5 { #expect(try admit("a", after: 1_000_000)) }
    #expect(try !admit("a", after: 1_000_000))
    #expect(try admit("a", after: 500_000))
  }

  @Test func `what is taken back was not counted`() throws {
    let now = start
    for _ in 0..<6 {
      #expect(throws: StoreError.self) {
        try fixture.write { write throws(StoreError) in
          _ = try write.messageAdmit("acme", sender: "a", nowMS: now)
          _ = try write.raisedKeyTake("acme", kind: "message", key: "k", nowMS: now)
          throw StoreError(.conflictVersion, "a race was lost")
        }
      }
    }
    #expect(try admit("a", after: 1) && take("k", after: 1))
  }
}

// SPDX-License-Identifier: Apache-2.0
// Attempts at an action: how many, how far apart, under which key.
import TestKit
import Testing
import Values

@Suite struct RetryRunTests {
  @Test func `what is unavailable is tried three times under one key, each in the journal`() throws {
    let world = try Scenario(
      script: [["path": "/twice", "status": 503, "times": 2], ["path": "/never", "status": 503]],
      policy: ["retry": ["attempts": 3, "first_wait": "100 ms"]])
    try world.apply(
      Document.connector(
        "twice", try world.request("call", "/twice"),
        Document.row("attempts {{action.call.attempts}}")))

    let view = try world.finish("twice")

    #expect(view.state == "succeeded", "\(view)")
    let attempts = view.timeline.filter { $0.component == "call" }.map { "\($0.kind) \($0.status)" }
    #expect(attempts == ["attempt failed", "attempt failed", "action succeeded"], "\(view)")
    #expect(try world.keeper.keys() == ["attempts 3"])
    let target = try #require(world.target)
    let keys = try target.requestLines.map { line in
      try #require(try JSONValue(parsing: line)["headers"]?["idempotency-key"]?.asText)
    }
    #expect(keys.count == 3 && Set(keys).count == 1, "\(keys)")

    try world.apply(Document.connector("never", try world.request("call", "/never")))
    let failed = try world.finish("never")
    #expect(failed.state == "failed" && failed["call"].value["attempts"] == 3, "\(failed)")
    try world.host.stop()
  }

  @Test func `a retry-after is waited for, and what may have been done is not tried again`() throws {
    let world = try Scenario(
      script: [
        ["path": "/later", "status": 429, "headers": ["Retry-After": "1"], "times": 1],
        ["path": "/never", "status": 503],
      ], policy: ["retry": ["attempts": 3, "first_wait": "10 ms"]])
    try world.apply(Document.connector("later", try world.request("call", "/later")))
    let later = try world.finish("later")
    #expect(later.state == "succeeded", "\(later)")
    #expect((later.duration ?? 0) >= 1_000, "the server's word counts, not 10 ms: \(later)")

    let sent = world.target?.requestLines.count ?? 0
    try world.apply(
      Document.connector(
        "once", try world.request("call", "/never", ["effect": "at_most_once"])))
    let once = try world.finish("once")
    #expect(once.state == "failed" && once["call"].value["attempts"] == 1, "\(once)")
    #expect(world.target?.requestLines.count == sent + 1)
    try world.host.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
// What news of something sent make of a run, before and after a restart.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct NewsTests {
  private static let steps =
    "[" + Fixtures.step(Fixtures.ask("a")) + "," + Fixtures.step(Fixtures.ask("b"), id: "two") + "]"

  /// A run that waits for news of the first action, and its journal.
  private func waiting(
    stops: String? = nil
  ) throws -> (run: RunProgress, journal: [JournalEntry]) {
    var run = try Fixtures.progress(steps: Self.steps, event: [:])
    guard case .call(let plan) = try next(&run) else { throw Unexpected() }
    let wait = NewsWait(result: ["id": "m1"], count: 1, within: .seconds(60))
    let entry = run.await(wait, for: plan, attempts: 2, now: Fixtures.now, stops: stops)
    return (run, [entry])
  }

  private struct Unexpected: Error {}

  private func next(_ run: inout RunProgress) throws -> Decision {
    run.next(now: Fixtures.now, policies: try Fixtures.policies()).decision
  }

  private func told(_ state: String, _ target: String = "t", _ more: JSONObject = [:]) -> NewsTold {
    var news: JSONObject = ["state": .text(state)]
    for member in more { news[member.name] = member.value }
    return NewsTold(target: target, news: .object(news))
  }

  /// Wakes the run, once as it is and once read back from its journal, which must be the same.
  private func wake(
    _ waiting: (run: RunProgress, journal: [JournalEntry]), _ wake: Wake
  ) throws -> (run: RunProgress, answer: NewsAnswer, journal: [JournalEntry]) {
    var run = waiting.run
    #expect(run.isWaiting && run.newsAnswer == nil)
    let (entries, continuation) = run.wake(wake, now: Fixtures.now)
    #expect(entries.count == 1 && continuation == .goOn)
    let journal = waiting.journal + entries
    var restored = try Fixtures.progress(steps: Self.steps, event: [:])
    let read = try journal.map { entry in
      try #require(JournalEntry(value: JSONValue(parsing: entry.value.json)))
    }
    #expect(read == journal, "the journal keeps all of it")
    try restored.restore(journal: read)
    let answer = try #require(run.newsAnswer)
    #expect(restored.newsAnswer == answer)
    return (run, answer, journal)
  }

  @Test func `one success is the result, and the call it was is not made again`() throws {
    var (run, answer, _) = try wake(
      waiting(), .news([told("failed", "a"), told("succeeded", "b")]))
    #expect(answer.outcome == .succeeded(["id": "m1"]) && answer.attempts == 2)
    guard case .call(let plan) = try next(&run) else { throw Unexpected() }
    #expect(plan.component == "a")
    let (entry, _) = run.apply(answer.outcome, for: plan, attempts: 2, now: Fixtures.now)
    #expect(entry.status == .succeeded && entry.attempts == 2 && entry.key == nil)
    guard case .call(let after) = try next(&run) else { throw Unexpected() }
    #expect(after.component == "b" && run.newsAnswer == nil)
  }

  @Test func `failures fail it as the first says`() throws {
    let (_, answer, _) = try wake(
      waiting(),
      .news([
        told("failed", "a", ["class": "not_found", "code": "c", "message": "m"]),
        told("failed", "b", ["code": "d"]),
      ]))
    #expect(answer.outcome == .failed(ActionFailure(.notFound, code: "c", message: "m")))
    let plain = try wake(waiting(), .news([told("failed")])).answer.outcome.failure
    #expect(plain?.class == .failed && plain?.code == "news_failed")
  }

  @Test(arguments: [Wake.due(at: Fixtures.now), .moved, .resumed])
  func `without news in time it is unknown, and keeps the key they may still come under`(
    wake: Wake
  ) throws {
    var waiting = try waiting()
    waiting.journal[0].key = "i-1-0-0"
    var run = try Fixtures.progress(steps: Self.steps, event: [:])
    try run.restore(journal: waiting.journal)
    waiting.run = run
    var (woken, answer, _) = try self.wake(waiting, wake)
    guard case .unknown(let failure) = answer.outcome else { throw Unexpected() }
    #expect(failure.code == "no_news" && failure.class == .unknownOutcome)
    guard case .call(let plan) = try next(&woken) else { throw Unexpected() }
    let (entry, _) = woken.apply(answer.outcome, for: plan, attempts: 2, now: Fixtures.now)
    #expect(entry.status == .unknown && entry.key == "i-1-0-0")
  }

  @Test func `neither a message nor elements end it`() throws {
    for wake in [Wake.message([:]), .children([])] {
      var run = try waiting().run
      #expect(run.wake(wake, now: Fixtures.now).journal.isEmpty && run.isWaiting)
    }
  }

  @Test func `a stop that was asked for comes with the success`() throws {
    let (_, answer, _) = try wake(waiting(stops: "enough"), .news([told("succeeded")]))
    #expect(answer.stops == "enough")
  }

  @Test(arguments: [
    [:], ["result": 1, "count": 1, "within_ms": 1], ["result": [:], "count": 0, "within_ms": 1],
    ["result": [:], "count": 1_001, "within_ms": 1], ["result": [:], "count": 1, "within_ms": 0],
    ["result": [:], "count": 1, "within_ms": 2_592_000_001],
  ] as [JSONValue])
  func `a wait that a worker cannot mean is none`(value: JSONValue) {
    #expect(NewsWait(value) == nil)
  }
}

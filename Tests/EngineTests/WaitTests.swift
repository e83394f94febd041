// SPDX-License-Identifier: Apache-2.0
// Runs that are parked, and what wakes them.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct WaitTests {
  private func connector(
    _ change: (inout DelayComponent) -> Void = { _ in }
  ) throws -> Connector {
    try EngineFixture.connector([
      EngineFixture.delay("d", "1 min") {
        $0.identifiers = [EngineFixture.tree("{{event.text}}")]
        change(&$0)
      }, EngineFixture.action("a0"),
    ])
  }

  /// The seed of a run parked by `journal`, woken by this.
  private func seed(_ connector: Connector, _ journal: [JournalEntry], _ wake: Wake) throws -> RunSeed {
    var seed = EngineFixture.seed(1, connector)
    try seed.progress.restore(journal: journal)
    (seed.journalled, seed.isRecovered, seed.wake) = (journal.count, true, wake)
    return seed
  }

  private func claimsDue(_ outputs: [EngineOutput]) -> [Int64] {
    outputs.compactMap { if case .claimDue(let until, _) = $0 { until } else { nil } }
  }

  /// A desk with a run that is parked until 60,000 ms after the desk's beginning.
  private func parked(
    _ change: (inout DelayComponent) -> Void = { _ in }
  ) throws -> (Desk, Connector, [JournalEntry]) {
    var desk = try Desk()
    let connector = try connector(change)
    desk.accept(1, connector)
    let journal = try #require(desk.recording?.journal)
    desk.commit(1)
    return (desk, connector, journal)
  }

  @Test func `a waiting run is parked with its identifiers and leaves the memory`() throws {
    var desk = try Desk()
    desk.accept(1, try connector())
    let recording = try #require(desk.recording)
    let due = desk.time.wall + 60_000
    #expect(recording.parks)
    #expect(
      recording.wait
        == WaitOrder(
          due: due, kind: .delay, identifiers: ["run 1"], component: "d", messageContact: nil))
    #expect(recording.journal.map(\.status) == [.waiting])
    desk.commit(1)
    guard case .parked(RunID(1), due)? = desk.said.first else { throw Missing("parked") }
    #expect(desk.engine.liveCount == 0)
  }

  @Test func `what is due is claimed at its time and not before, by the wall clock`() throws {
    var (desk, _, _) = try parked()
    desk.pass(.milliseconds(59_999))
    #expect(claimsDue(desk.said).isEmpty)
    desk.pass(.milliseconds(1))
    #expect(claimsDue(desk.said) == [desk.time.wall], "due means at or before")
  }

  @Test func `while something sleeps the engine wakes every second to look at the wall clock`() throws {
    var (desk, _, _) = try parked()
    guard case .wake(let at)? = desk.said.last else { throw Missing("a wake") }
    #expect(at == desk.time.monotonic + 1_000_000_000)
    // Set forwards by an hour: due at once.
    desk.time.wall += 3_600_000
    desk.pass(.seconds(1))
    #expect(claimsDue(desk.said) == [desk.time.wall])
  }

  @Test func `a clock set back does not wake a run early`() throws {
    var (desk, connector, journal) = try parked()
    let due = desk.time.wall + 60_000
    desk.time.wall -= 30_000
    desk.pass(.seconds(60))
    #expect(claimsDue(desk.said).isEmpty)
    desk.pass(.seconds(30))
    #expect(claimsDue(desk.said) == [due])
    // Set back once more while the page is read.
    desk.time.wall -= 1
    let wake = Wake.due(at: Moment(milliseconds: due))
    desk.send(.due([try seed(connector, journal, wake)], next: nil))
    #expect(desk.recording == nil && desk.engine.liveCount == 0)
    desk.pass(.milliseconds(1))
    #expect(claimsDue(desk.said) == [due])
  }

  @Test func `a due run is recorded as running before anything else`() throws {
    var (desk, connector, journal) = try parked()
    let due = desk.time.wall + 60_000
    desk.pass(.seconds(60))
    let wake = Wake.due(at: Moment(milliseconds: due))
    desk.send(.due([try seed(connector, journal, wake)], next: nil))
    let recording = try #require(desk.recording)
    #expect(recording.isWake && recording.journal.map(\.status) == [.passed])
    #expect(desk.calls.isEmpty)
    desk.commit(1)
    #expect(desk.called == [1])
    let call = try #require(desk.calls.first)
    desk.send(.ended(RunID(1), attempt: call.attempt, .done))
    #expect(desk.recording?.isWake == false)
  }

  @Test func `a delay that somebody cancelled first does not fire`() throws {
    var (desk, connector, journal) = try parked()
    desk.pass(.seconds(60))
    desk.send(.due([try seed(connector, journal, .due(at: Moment(milliseconds: 0)))], next: nil))
    desk.send(.recorded(RunID(1), .superseded))
    guard desk.said.contains(where: { if case .dropped(RunID(1)) = $0 { true } else { false } })
    else { throw Missing("a drop") }
    #expect(desk.calls.isEmpty)
    #expect(!claimsDue(desk.said).isEmpty, "who came first may have made it due")
  }

  @Test func `a page of due runs is followed by the next only when all of it is on disk`() throws {
    var (desk, connector, journal) = try parked()
    desk.pass(.seconds(60))
    desk.send(
      .due([try seed(connector, journal, .due(at: Moment(milliseconds: 0)))], next: 5))
    #expect(claimsDue(desk.said).isEmpty, "the page would hold run 1 again")
    desk.commit(1)
    #expect(claimsDue(desk.said) == [desk.time.wall])
  }

  @Test func `a page of which no run reads back is not asked for again at once`() throws {
    var (desk, _, _) = try parked()
    desk.pass(.seconds(60))
    desk.send(.due([], next: desk.time.wall - 5))
    #expect(claimsDue(desk.said).isEmpty)
    desk.pass(.seconds(1))
    #expect(claimsDue(desk.said) == [desk.time.wall])
  }

  @Test func `a delay resumed or moved by hand goes on at once`() throws {
    for (wake, status) in [(Wake.resumed, JournalStatus.resumed), (.moved, .passed)] {
      var (desk, connector, journal) = try parked()
      desk.send(.sleeping(until: desk.time.wall))
      #expect(claimsDue(desk.said) == [desk.time.wall])
      desk.send(.due([try seed(connector, journal, wake)], next: nil))
      #expect(desk.recording?.journal.first?.status == status)
      desk.commit(1)
      #expect(desk.called == [1])
    }
  }

  @Test func `a hold on its identifier ends a new delay or makes it due at once`() throws {
    var desk = try Desk()
    desk.accept(1, try connector())
    desk.send(.recorded(RunID(1), .committed(held: .resume)))
    #expect(claimsDue(desk.said) == [desk.time.wall])
    #expect(desk.engine.liveCount == 0)
    desk.accept(2, try connector())
    desk.send(.recorded(RunID(2), .committed(held: .end)))
    #expect(desk.ends.map(\.state) == [.cancelled] && desk.recording == nil)
  }

  @Test func `a wake-up later than the delay allows takes past_due`() throws {
    var (desk, connector, journal) = try parked {
      $0.expiresAfter = .seconds(60)
      $0.pastDue = .fail
    }
    let due = desk.time.wall + 60_000
    desk.pass(.seconds(121))
    desk.send(
      .due([try seed(connector, journal, .due(at: Moment(milliseconds: due)))], next: nil))
    #expect(desk.recording?.end?.state == .failed && desk.recording?.isWake == true)
  }

  @Test func `elements with a delay become runs and the last of them wakes the parent`() throws {
    var connector = try connector()
    var forEach = ForEach(list: EngineFixture.tree("{{event.list}}"))
    forEach.name = "item"
    connector.steps[0].forEach = forEach
    var desk = try Desk()
    desk.accept(1, connector, event: ["list": ["a", "b"]])
    let recording = try #require(desk.recording)
    #expect(recording.children?.items == ["a", "b"] && recording.parks)
    desk.commit(1)
    guard case .parked(RunID(1), nil)? = desk.said.first else { throw Missing("parked") }
    let claims = desk.said.filter { if case .claim = $0 { true } else { false } }
    #expect(claims.count == 1, "the children stand on disk")
    let plan = try #require(recording.children)
    let child = ChildScope(
      parent: RunID(1), step: plan.step, element: 0, count: 1, item: "a", scope: plan.scope)
    var seed = EngineFixture.seed(2, connector, child: child)
    seed.isRecovered = true
    desk.send(.claimed(EngineFixture.row, [seed], last: RunID(2), isEnd: true))
    #expect(desk.recording?.wait != nil)
    desk.send(.cancel(RunID(2), reason: "x", ticket: 1))
    desk.commit(2)
    desk.commit(2)
    #expect(claimsDue(desk.said) == [desk.time.wall], "the parent may be due now")
  }

  @Test func `a million waiting runs cost no memory`() throws {
    var (desk, _, _) = try parked()
    for offset in Int64(0)..<1_000 { desk.send(.sleeping(until: desk.time.wall + 60_000 + offset)) }
    #expect(desk.engine.liveCount == 0 && desk.engine.timers.count == 0)
  }
}

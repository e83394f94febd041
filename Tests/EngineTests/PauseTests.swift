// SPDX-License-Identifier: Apache-2.0
// Projects that a person pauses, and due runs that stay where they are.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct PauseTests {
  private let project = EngineFixture.project
  private let row = EngineFixture.row

  private func rules(paused isPaused: Bool, policy: PluginPolicy = PluginPolicy()) throws
    -> ProjectRules
  {
    ProjectRules(actions: try EngineFixture.rules(policy: policy).actions, isPaused: isPaused)
  }

  private func claims(_ outputs: [EngineOutput]) -> [ConnectorID] {
    outputs.compactMap { if case .claim(let connector, _, _) = $0 { connector } else { nil } }
  }

  private func claimsDue(_ outputs: [EngineOutput]) -> Bool {
    outputs.contains { if case .claimDue = $0 { true } else { false } }
  }

  @Test func `a call under way ends and is recorded, and nothing follows until the project goes on`()
    throws
  {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    desk.send(.configured(project, try rules(paused: true)))
    try desk.finishCall(1)
    #expect(desk.said.isEmpty, "\(desk.said)")
    #expect(desk.standing(1)?.reason == .projectPaused)
    #expect(desk.standing(1)?.message.contains("project resume acme") == true)
    desk.pass(.seconds(3_600))
    #expect(desk.calls.isEmpty)
    desk.send(.configured(project, try rules(paused: false)))
    #expect(desk.called == [1] && desk.calls.first?.plan.component == "a1")
  }

  @Test func `a run that waits for its next attempt makes it after the pause, as the same call`()
    throws
  {
    let policy = PluginPolicy.retrying(RetryPolicy(attempts: 3))
    var desk = try Desk(rules(paused: false, policy: policy))
    desk.accept(1, try EngineFixture.connector(actions: 1))
    try desk.finishCall(1, .failed(.unavailable))
    desk.send(.configured(project, try rules(paused: true, policy: policy)))
    desk.pass(.seconds(60))
    #expect(desk.calls.isEmpty && desk.standing(1)?.reason == .projectPaused)
    desk.send(.configured(project, try rules(paused: false, policy: policy)))
    let call = try #require(desk.calls.first)
    #expect(call.ordinal == 2 && call.mayHaveSent, "what it may have sent is not forgotten")
  }

  @Test func `new runs stay on disk, and are claimed once the project goes on`() throws {
    let other = ConnectorID(9)
    var desk = try Desk(rules(paused: true))
    #expect(!desk.engine.takesNewRuns(of: row, in: project))
    #expect(desk.engine.takesNewRuns(of: other, in: ProjectID("other")))
    #expect(claims(desk.send(.backlog(row, project))).isEmpty)
    #expect(claims(desk.send(.backlog(other, ProjectID("other")))) == [other], "others go on")
    desk.send(.claimed(other, [], last: RunID(1), isEnd: true))
    #expect(claims(desk.said).isEmpty)
    #expect(claims(desk.send(.configured(project, try rules(paused: false)))) == [row])
  }

  @Test func `a due run of a paused project is not woken, and is looked for once it goes on`()
    throws
  {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector([EngineFixture.delay("d", "1 min")]))
    let journal = try #require(desk.recording?.journal)
    desk.commit(1)
    desk.send(.configured(project, try rules(paused: true)))
    desk.pass(.seconds(60))
    #expect(claimsDue(desk.said))
    var seed = EngineFixture.seed(1, try EngineFixture.connector([EngineFixture.delay("d", "1 min")]))
    try seed.progress.restore(journal: journal)
    seed.wake = .due(at: Moment(milliseconds: desk.time.wall))
    desk.send(.due([seed], next: nil))
    #expect(desk.recording == nil && desk.engine.liveCount == 0)
    desk.pass(.seconds(10))
    #expect(!claimsDue(desk.said))
    #expect(claimsDue(desk.send(.configured(project, try rules(paused: false)))))
  }

  @Test func `a held run is cancelled at once`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    desk.send(.configured(project, try rules(paused: true)))
    try desk.finishCall(1)
    desk.send(.cancel(RunID(1), reason: "r", ticket: 7))
    #expect(desk.recording?.end?.state == .cancelled)
    desk.commit(1)
    #expect(desk.ends.map(\.state) == [.cancelled])
    desk.send(.configured(project, try rules(paused: false)))
    #expect(desk.calls.isEmpty && desk.engine.liveCount == 0)
  }

  // MARK: what stays where it is

  @Test func `due runs that stay where they are do not hide those behind, and are looked at again`()
    throws
  {
    var desk = try Desk()
    let place = DuePlace(dueAt: 500, run: RunID(256))
    desk.send(.sleeping(until: 0))
    #expect(claimsDue(desk.said) && desk.engine.duePassed == nil)
    desk.send(.passedOver(place))
    desk.send(.due([], next: 600))
    #expect(claimsDue(desk.said), "the next page at once")
    #expect(desk.engine.duePassed == place, "and behind the last one")
    desk.send(.due([], next: nil))
    desk.pass(.seconds(59))
    #expect(!claimsDue(desk.said))
    desk.pass(.seconds(1))
    #expect(claimsDue(desk.said) && desk.engine.duePassed == nil, "once a minute from the first")
  }

  @Test func `a time before the place that was passed over is looked at from the first`() throws {
    var desk = try Desk()
    let place = DuePlace(dueAt: 500, run: RunID(256))
    desk.send(.sleeping(until: 0))
    desk.send(.passedOver(place))
    desk.send(.due([], next: nil))
    desk.send(.sleeping(until: 501))
    #expect(claimsDue(desk.said) && desk.engine.duePassed == place)
    // A run was resumed while the page is being read: the place must not stand over it.
    desk.send(.sleeping(until: 0))
    desk.send(.passedOver(DuePlace(dueAt: 700, run: RunID(300))))
    desk.send(.due([], next: nil))
    #expect(claimsDue(desk.said) && desk.engine.duePassed == nil)
  }
}

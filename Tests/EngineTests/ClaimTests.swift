// SPDX-License-Identifier: Apache-2.0
// Runs that wait on disk for room, and whose turn it is.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct ClaimTests {
  private static let other = ProjectID("other")

  private func claims(_ outputs: [EngineOutput]) -> [(ConnectorID, RunID, Int)] {
    outputs.compactMap { output in
      if case .claim(let connector, let after, let limit) = output {
        (connector, after, limit)
      } else {
        nil
      }
    }
  }

  @Test func `more runs than it works on at once wait on disk and are claimed in pages`() throws {
    var limits = EngineLimits()
    limits.liveRuns = 4
    limits.claimPage = 2
    var desk = try Desk(limits: limits)
    let connector = try EngineFixture.connector(actions: 1)
    let row = EngineFixture.row
    for id in Int64(1)...4 {
      #expect(desk.engine.takesNewRuns(of: row))
      desk.accept(id, connector)
    }
    #expect(!desk.engine.takesNewRuns(of: row))
    desk.send(.backlog(row, EngineFixture.project))
    #expect(desk.said.isEmpty, "full: a page waits until a half is free")
    for id in Int64(1)...2 {
      try desk.finishCall(id)
      let claims = claims(desk.commit(id))
      #expect(claims.isEmpty == (id == 1))
      if id == 2 { #expect(claims.first?.1 == RunID(4) && claims.first?.2 == 2) }
    }
    #expect(!desk.engine.takesNewRuns(of: row), "those on disk go first")
    desk.send(.claimed(row, [], last: RunID(4), isEnd: true))
    #expect(desk.engine.takesNewRuns(of: row))
  }

  @Test func `pages go round over projects and then over a project's connectors`() throws {
    var engine = Engine()
    let rows = (1...4).map { ConnectorID(Int64($0)) }
    var outputs = engine.start(
      connectors: [
        (rows[0], EngineFixture.project), (rows[1], EngineFixture.project),
        (rows[2], EngineFixture.project), (rows[3], Self.other),
      ], nextDue: nil, at: .zero)
    var order: [ConnectorID] = []
    for turn in 0..<8 {
      let claim = try #require(claims(outputs).first)
      order.append(claim.0)
      outputs = engine.handle(
        .claimed(claim.0, [], last: RunID(Int64(turn)), isEnd: false), at: .zero)
    }
    #expect(order.map(\.rawValue) == [1, 4, 2, 4, 3, 4, 1, 4])
  }

  @Test func `a run that came to disk while a page was read is asked for again`() throws {
    var engine = Engine()
    let row = EngineFixture.row
    _ = engine.start(connectors: [(row, EngineFixture.project)], nextDue: nil, at: .zero)
    _ = engine.handle(.backlog(row, EngineFixture.project), at: .zero)
    let again = engine.handle(.claimed(row, [], last: RunID(9), isEnd: true), at: .zero)
    #expect(claims(again).first?.1 == RunID(9))
    let done = engine.handle(.claimed(row, [], last: RunID(9), isEnd: true), at: .zero)
    #expect(claims(done).isEmpty)
  }

  @Test func `a reopened run is found below the cursor and one that left meanwhile is not`() throws {
    var desk = try Desk()
    let connector = try EngineFixture.connector(actions: 1)
    let row = EngineFixture.row
    for id in Int64(1)...3 { desk.accept(id, connector) }
    try desk.finishCall(2)
    desk.commit(2)
    desk.send(.reopened(RunID(2), row, EngineFixture.project))
    #expect(claims(desk.said).first?.1 == RunID(1))
    // Run 3 ends while the page is read; the page still knows it as running.
    try desk.finishCall(3)
    desk.commit(3)
    desk.send(
      .claimed(
        row, [EngineFixture.seed(2, connector), EngineFixture.seed(3, connector)], last: RunID(3),
        isEnd: true))
    #expect(desk.called == [2])
  }

  @Test func `a connector whose runs are stuck gets its share and leaves room for others`() throws {
    var limits = EngineLimits()
    (limits.liveRuns, limits.stuckRuns, limits.leastStuckRuns) = (8, 6, 2)
    var options = ConnectorOptions()
    options.concurrency = 1
    var desk = try Desk(limits: limits)
    let slow = try EngineFixture.connector(actions: 1, options: options)
    for id in Int64(1)...7 {
      #expect(desk.engine.takesNewRuns(of: EngineFixture.row))
      desk.accept(id, slow)
    }
    #expect(desk.engine.stuckCount == 6)
    #expect(!desk.engine.takesNewRuns(of: EngineFixture.row), "its share is used up")
    #expect(desk.engine.takesNewRuns(of: ConnectorID(2)), "the others' room is not")
    desk.send(.backlog(EngineFixture.row, EngineFixture.project))
    #expect(claims(desk.said).isEmpty)
    for id in Int64(1)...3 {
      try desk.finishCall(id)
      let claims = claims(desk.commit(id))
      #expect(claims.isEmpty == (id < 3), "a page again when half of the share is free")
      if id == 3 { #expect(claims.first?.2 == 3, "and no more than fits") }
    }
  }

  @Test func `a woken run of a crowded connector is left to the disk and claimed again`() throws {
    var limits = EngineLimits()
    (limits.stuckRuns, limits.leastStuckRuns) = (2, 2)
    var options = ConnectorOptions()
    options.concurrency = 1
    var desk = try Desk(limits: limits)
    let connector = try EngineFixture.connector(
      [EngineFixture.delay("d", "1 min"), EngineFixture.action("a0")], options: options)
    let row = EngineFixture.row
    var seeds: [RunSeed] = []
    for id in Int64(1)...4 {
      desk.accept(id, connector)
      var seed = EngineFixture.seed(id, connector)
      try seed.progress.restore(journal: try #require(desk.recording?.journal))
      (seed.journalled, seed.wake) = (1, .due(at: Moment(milliseconds: desk.time.wall)))
      seeds.append(seed)
      desk.commit(id)
    }
    desk.pass(.seconds(60))
    desk.send(.due(seeds, next: nil))
    var unloaded: [RunID] = []
    for id in Int64(1)...4 {
      desk.commit(id)
      unloaded += desk.said.compactMap { if case .unloaded(let id) = $0 { id } else { nil } }
    }
    #expect(unloaded == [RunID(4)] && desk.engine.stuckCount == 2)
    #expect(!desk.engine.takesNewRuns(of: row), "it goes before new ones")
    try desk.finishCall(1)
    desk.commit(1)
    #expect(claims(desk.said).first?.1 == RunID(3), "from where it stands")
  }

  @Test func `an engine for one run leaves what is on disk alone`() throws {
    var engine = Engine()
    _ = engine.handle(.configured(EngineFixture.project, try EngineFixture.rules()), at: .zero)
    #expect(engine.startAlone(at: .zero).isEmpty)
    #expect(engine.takesNewRuns(of: EngineFixture.row))
    #expect(engine.handle(.sleeping(until: 0), at: .zero).isEmpty)
    #expect(engine.handle(.backlog(ConnectorID(2), EngineFixture.project), at: .zero).isEmpty)
  }

  @Test func `before it has begun nothing is taken past what stands on disk`() {
    let engine = Engine()
    #expect(!engine.takesNewRuns(of: EngineFixture.row))
  }

  /// Its snapshot would put full buckets and closed breakers in the place of what is stored.
  @Test func `an engine that was not told of its past says so`() {
    var engine = Engine()
    #expect(!engine.knowsItsPast)
    _ = engine.startAlone(at: .zero)
    #expect(!engine.knowsItsPast)
    engine = Engine()
    _ = engine.start(connectors: [], nextDue: nil, at: .zero)
    #expect(engine.knowsItsPast)
  }
}

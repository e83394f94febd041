// SPDX-License-Identifier: Apache-2.0
// Runs at the gates: rates, serial keys, breaker, concurrency, disabled plugins.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct GateTests {
  private func policy(_ change: (inout PluginPolicy) -> Void) -> PluginPolicy {
    var policy = PluginPolicy.retrying(RetryPolicy(attempts: 1))
    change(&policy)
    return policy
  }

  private func limited(
    _ calls: Int, _ onLimit: OnLimit? = nil, _ change: (inout ActionManifest) -> Void = { _ in }
  ) throws -> ProjectRules {
    try EngineFixture.rules(
      policy: policy { $0.rate = RatePolicy(calls: calls, per: .seconds(60), onLimit: onLimit) },
      change)
  }

  // MARK: rates

  @Test func `calls over the rate wait in order of arrival for evenly spaced tokens`() throws {
    var desk = try Desk(limited(3))
    let connector = try EngineFixture.connector(actions: 1)
    var called: [Int64] = []
    for id in Int64(1)...6 {
      desk.accept(id, connector)
      called += desk.called
    }
    #expect(called == [1, 2, 3])
    let standing = try #require(desk.standing(5))
    #expect(standing.reason == .rate && standing.ahead == 1)
    #expect(standing.until == desk.time.wall + 40_000)
    for id in Int64(4)...6 {
      desk.pass(.milliseconds(19_999))
      #expect(desk.called.isEmpty)
      desk.pass(.milliseconds(1))
      #expect(desk.called == [id])
    }
  }

  @Test func `a rate that fails gives exactly its error and is not tried again`() throws {
    var rules = try limited(1, .fail)
    var desk = try Desk(rules)
    let connector = try EngineFixture.connector(actions: 1) { $0.fallback = .continue }
    desk.accept(1, connector)
    desk.accept(2, connector)
    #expect(desk.calls.isEmpty)
    let error = try #require(desk.recording?.journal.first?.error)
    #expect(error.class == .rateLimited && error.code == "rate_limit")
    #expect(error.message == "Rate Limit Exceeded")
    // The action's own word counts before the plugin's.
    rules = try limited(1)
    desk = try Desk(rules)
    let failing = try EngineFixture.connector(actions: 1) { $0.onLimit = .fail }
    desk.accept(1, failing)
    desk.accept(2, failing)
    #expect(desk.recording?.journal.first?.error?.code == "rate_limit")
  }

  @Test func `a bucket is a plugin's and a credential's whichever plugin uses it`() throws {
    let named: (inout ActionComponent) -> Void = {
      $0.with = EngineFixture.tree(["credential": "shop"])
    }
    let echo = try EngineFixture.connector(actions: 1)
    let other = try EngineFixture.connector(actions: 1, use: "other.say")
    let echoShop = try EngineFixture.connector(actions: 1, named)
    let otherShop = try EngineFixture.connector(actions: 1, use: "other.say", named)
    for (first, second, isFree) in [
      (echo, other, true), (echo, echo, false), (echoShop, otherShop, false), (echoShop, other, true),
    ] {
      var desk = try Desk(limited(1))
      desk.accept(1, first)
      desk.accept(2, second)
      #expect(desk.calls.isEmpty != isFree)
    }
  }

  @Test func `buckets and breakers survive a restart`() throws {
    var desk = try Desk(limited(1))
    let connector = try EngineFixture.connector(actions: 1)
    desk.accept(1, connector)
    desk.time.wall += 20_000
    desk.time.monotonic += 20_000_000_000
    let stored = desk.engine.snapshot(at: desk.time).json
    var later = Engine()
    // The monotonic clock begins anew, the wall clock goes on.
    let time = EngineTime(monotonic: 5, wall: desk.time.wall + 10_000)
    _ = later.handle(.configured(EngineFixture.project, try limited(1)), at: time)
    later.restore(try JSONValue(parsing: stored), at: time)
    _ = later.start(connectors: [], nextDue: nil, at: time)
    _ = later.handle(.accepted(EngineFixture.seed(2, connector)), at: time)
    let standing = try #require(later.explain(RunID(2), at: time))
    #expect(standing.until == time.wall + 30_000)
    let until = Moment(milliseconds: time.wall + 30_000).iso
    #expect(standing.words == standing.message + ", until \(until)", "a person reads it too")
  }

  /// The stored time is the wall clock's: hours ahead once that was set back.
  @Test func `a clock set back over a restart starves no bucket`() throws {
    var desk = try Desk(limited(1))
    let connector = try EngineFixture.connector(actions: 1)
    desk.accept(1, connector)
    let stored = desk.engine.snapshot(at: desk.time)
    var later = Engine()
    let time = EngineTime(monotonic: 5, wall: desk.time.wall - 7_200_000)
    _ = later.handle(.configured(EngineFixture.project, try limited(1)), at: time)
    later.restore(stored, at: time)
    _ = later.start(connectors: [], nextDue: nil, at: time)
    _ = later.handle(.accepted(EngineFixture.seed(2, connector)), at: time)
    #expect(later.explain(RunID(2), at: time)?.until == time.wall + 60_000)
  }

  // MARK: serial keys

  @Test func `calls with the same serial key run one at a time until the outcome is on disk`() throws {
    var desk = try Desk(EngineFixture.rules { $0.serialKey = ["text"] })
    let connector = try EngineFixture.connector(actions: 1)
    let same: JSONValue = ["text": "x"]
    for id in Int64(1)...2 { desk.accept(id, connector, event: same) }
    #expect(desk.calls.isEmpty)
    #expect(desk.standing(2)?.reason == .lock && desk.standing(2)?.holder == RunID(1))
    desk.accept(3, connector, event: ["text": "y"])
    #expect(desk.called == [3], "another key")
    try desk.end(1)
    #expect(desk.calls.isEmpty, "the outcome is not on disk")
    desk.send(.recorded(RunID(1), .lostRace(detail: "x")))
    #expect(desk.called == [1], "held over a lost race")
    try desk.end(1, .collateral(reason: "x"))
    #expect(desk.called == [1], "and while it runs again for a neighbour's sake")
    try desk.finishCall(1)
    #expect(desk.called == [2])
  }

  @Test func `a serial key is held over retries`() throws {
    var desk = try Desk(EngineFixture.rules { $0.serialKey = ["text"] })
    let connector = try EngineFixture.connector(actions: 1)
    for id in Int64(1)...2 { desk.accept(id, connector, event: ["text": "x"]) }
    try desk.finishCall(1, .failed(.unavailable))
    #expect(desk.calls.isEmpty && desk.standing(1)?.reason == .retry)
    desk.pass(.seconds(1))
    #expect(desk.called == [1])
  }

  @Test func `several keys are taken at once and none blocks whom it does not concern`() throws {
    let rules = try EngineFixture.rules { $0.serialKey = ["list"] }
    var desk = try Desk(rules)
    func connector(_ list: JSONValue) throws -> Connector {
      try EngineFixture.connector(actions: 1) { $0.with = EngineFixture.tree(["list": list]) }
    }
    desk.accept(1, try connector(["b", "a"]))
    #expect(desk.called == [1])
    desk.accept(2, try connector(["a", "c"]))
    desk.accept(3, try connector(["c"]))
    desk.accept(4, try connector(["d"]))
    #expect(desk.called == [4])
    try desk.finishCall(1)
    #expect(desk.called == [2])
    try desk.finishCall(2)
    #expect(desk.called == [3])
  }

  @Test func `a name and an id of the same record are one serial key`() throws {
    var desk = try Desk(EngineFixture.rules { $0.serialKey = ["who"] })
    func connector(_ who: JSONValue) throws -> Connector {
      try EngineFixture.connector(actions: 1) { $0.with = EngineFixture.tree(["who": who]) }
    }
    for (id, who) in [(1, "Ada"), (2, "17")] as [(Int64, JSONValue)] {
      desk.accept(id, try connector(who))
      guard case .resolve(let order)? = desk.said.first else { throw Missing("a resolve") }
      #expect(order.parts.map(\.value) == [who] && order.parts.map(\.reference) == ["contact"])
      desk.send(.resolved(RunID(id), order.attempt, .success(["who": ["17"]])))
    }
    #expect(desk.calls.isEmpty && desk.standing(2)?.holder == RunID(1))
  }

  @Test func `a reference that leads nowhere fails the action`() throws {
    var desk = try Desk(EngineFixture.rules { $0.serialKey = ["who"] })
    desk.accept(
      1,
      try EngineFixture.connector(actions: 1) { $0.with = EngineFixture.tree(["who": "Nobody"]) })
    guard case .resolve(let order)? = desk.said.first else { throw Missing("a resolve") }
    let failure = ActionFailure(.notFound, code: "not_found", message: "no contact Nobody")
    desk.send(.resolved(RunID(1), order.attempt, .failure(failure)))
    #expect(desk.recording?.journal.first?.error == failure)
  }

  // MARK: breaker

  @Test func `an open breaker makes runs wait and one probe decides for all`() throws {
    let breaker = BreakerPolicy(opensAfter: 2, probeAfter: .seconds(30), maxBackOff: .seconds(60))
    var desk = try Desk(EngineFixture.rules(policy: policy { $0.breaker = breaker }))
    let connector = try EngineFixture.connector(actions: 1)
    for id in Int64(1)...2 {
      desk.accept(id, connector)
      try desk.end(id, .failed(.unavailable, code: "worker_crashed"))
    }
    #expect(states(desk.said) == [.open(until: desk.time.wall + 30_000)])
    for id in Int64(3)...5 { desk.accept(id, connector) }
    #expect(desk.calls.isEmpty, "they wait rather than fail")
    #expect(desk.standing(4)?.reason == .breaker)
    #expect(desk.standing(4)?.until == desk.time.wall + 30_000)
    desk.pass(.seconds(30))
    #expect(desk.called == [3])
    try desk.end(3, .failed(.timeout))
    #expect(states(desk.said) == [.open(until: desk.time.wall + 60_000)], "the wait doubles")
    desk.pass(.seconds(60))
    #expect(desk.called == [4])
    try desk.end(4, .failed(.denied))
    #expect(states(desk.said) == [.closed], "an answer is an answer")
    #expect(desk.called == [5])
  }

  @Test func `a breaker is reset by hand and concerns its own credential only`() throws {
    let breaker = BreakerPolicy(opensAfter: 1, probeAfter: .seconds(30), maxBackOff: .seconds(60))
    var desk = try Desk(EngineFixture.rules(policy: policy { $0.breaker = breaker }))
    let shop = try EngineFixture.connector(actions: 1) {
      $0.with = EngineFixture.tree(["credential": "shop"])
    }
    desk.accept(1, shop)
    try desk.end(1, .failed(.unavailable))
    desk.accept(2, shop)
    #expect(desk.calls.isEmpty)
    desk.accept(3, try EngineFixture.connector(actions: 1))
    #expect(desk.called == [3])
    #expect(desk.engine.breakers(at: desk.time).map(\.key.credential) == ["shop"])
    desk.send(.breakerReset(EngineFixture.project, "echo", nil))
    #expect(desk.calls.isEmpty)
    desk.send(.breakerReset(EngineFixture.project, "echo", "shop"))
    #expect(desk.called == [2])
    #expect(desk.engine.breakers(at: desk.time).isEmpty)
  }

  @Test func `a probe that is cancelled leaves its place to the next`() throws {
    let breaker = BreakerPolicy(opensAfter: 1, probeAfter: .seconds(30), maxBackOff: .seconds(60))
    var desk = try Desk(
      EngineFixture.rules(
        policy: policy {
          $0.breaker = breaker
          $0.concurrency = 1
        }))
    let connector = try EngineFixture.connector(actions: 2) { $0.fallback = .continue }
    for id in Int64(1)...2 { desk.accept(id, connector) }
    try desk.finishCall(1, .failed(.unavailable))
    try desk.finishCall(2)
    // Run 2 was called before it opened and has no say; both wait for the breaker now.
    desk.accept(3, connector)
    desk.pass(.seconds(30))
    let probe = try #require(desk.called.first)
    desk.send(.cancel(RunID(probe), reason: "x", ticket: 1))
    try desk.end(probe, .interruptedByNobody)
    #expect(desk.said.contains { if case .breaker = $0 { true } else { false } })
  }

  private func states(_ outputs: [EngineOutput]) -> [BreakerState] {
    outputs.compactMap { if case .breaker(_, let state) = $0 { state } else { nil } }
  }

  // MARK: concurrency and disabled plugins

  @Test func `a plugin's calls at a time are limited and the others go in order of arrival`() throws {
    var desk = try Desk(EngineFixture.rules(policy: policy { $0.concurrency = 2 }))
    let connector = try EngineFixture.connector(actions: 1)
    var called: [Int64] = []
    for id in Int64(1)...5 {
      desk.accept(id, connector)
      called += desk.called
    }
    #expect(called == [1, 2])
    #expect(desk.standing(4)?.reason == .pluginConcurrency && desk.standing(4)?.ahead == 1)
    try desk.end(2)
    #expect(desk.called == [3], "its place is free when the call has ended")
    desk.commit(2)
    desk.accept(6, try EngineFixture.connector(actions: 1, use: "other.say"))
    #expect(desk.called == [6])
  }

  @Test func `runs wait for a disabled plugin where the policy says so and fail otherwise`() throws {
    let refusal = ActionFailure(.denied, code: "plugin_not_enabled", message: "enable it")
    let connector = try EngineFixture.connector(actions: 1)
    var desk = try Desk(EngineFixture.rules(refusal: refusal))
    desk.accept(1, connector)
    #expect(desk.recording?.end?.state == .failed)
    let waiting = policy { $0.whenDisabled = .wait }
    desk = try Desk(EngineFixture.rules(policy: waiting, refusal: refusal))
    desk.accept(1, connector)
    desk.accept(2, connector)
    #expect(desk.calls.isEmpty && desk.standing(1)?.reason == .pluginDisabled)
    desk.send(.configured(EngineFixture.project, try EngineFixture.rules(policy: waiting)))
    #expect(desk.called == [1, 2])
  }

  @Test func `an explanation is JSON with the time and who stands in front`() throws {
    var desk = try Desk(EngineFixture.rules { $0.serialKey = ["text"] })
    let connector = try EngineFixture.connector(actions: 1)
    for id in Int64(1)...2 { desk.accept(id, connector, event: ["text": "x"]) }
    let value = try #require(desk.standing(2)?.value)
    #expect(value["reason"] == "lock" && value["holder"] == "1" && value["component"] == "a0")
    #expect(value["since"] == "1970-01-01T00:16:40Z")
    #expect(value["message"]?.asText?.contains("echo.text=") == true)
    #expect(desk.standing(1)?.reason == .calling && desk.standing(3) == nil)
  }

  @Test func `who leaves a rate's line makes nobody behind wait longer or shorter`() throws {
    var desk = try Desk(limited(1))
    let connector = try EngineFixture.connector(actions: 1)
    for id in Int64(1)...4 { desk.accept(id, connector) }
    for id in Int64(2)...3 { desk.send(.cancel(RunID(id), reason: "x", ticket: 1)) }
    desk.accept(5, connector)
    desk.pass(.seconds(60))
    #expect(desk.called == [4])
    desk.pass(.seconds(60))
    #expect(desk.called == [5])
    #expect(desk.engine.timers.count == 0)
  }

  // MARK: start gates

  @Test func `runs of one contact go one after the other and a waiting one lets the next pass`() throws {
    var desk = try Desk()
    let connector = try EngineFixture.connector([
      EngineFixture.action("a0"), EngineFixture.delay("d", "1 min"), EngineFixture.action("a1"),
    ])
    for id in Int64(1)...2 { desk.accept(id, connector, fifo: "contact:7") }
    #expect(desk.calls.isEmpty && desk.standing(2)?.reason == .fifo)
    #expect(desk.standing(2)?.holder == RunID(1))
    desk.accept(3, connector, fifo: "contact:8")
    #expect(desk.called == [3])
    try desk.finishCall(1, .failed(.unavailable))
    #expect(desk.calls.isEmpty, "a retry does not let the next pass")
    desk.pass(.seconds(1))
    #expect(desk.called == [1])
    try desk.finishCall(1)
    #expect(desk.recording?.wait != nil && desk.calls.isEmpty)
    desk.commit(1)
    #expect(desk.called == [2], "a waiting run does")
  }

  @Test func `a connector's runs at a time are limited and parked ones do not count`() throws {
    var options = ConnectorOptions()
    options.concurrency = 1
    var desk = try Desk()
    let connector = try EngineFixture.connector(
      [EngineFixture.action("a0"), EngineFixture.delay("d", "1 min")], options: options)
    for id in Int64(1)...3 { desk.accept(id, connector) }
    #expect(desk.standing(3)?.reason == .connectorConcurrency && desk.standing(3)?.ahead == 1)
    try desk.finishCall(1)
    #expect(desk.calls.isEmpty)
    desk.commit(1)
    #expect(desk.called == [2])
  }
}

extension CallReport {
  static let interruptedByNobody = CallReport.outcome(.succeeded([:]))
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// `events.h`: what is refused when it is asked for, and what is done with the outcome.
@Suite(.timeLimit(.minutes(20))) struct EventsServiceTests {
  private let news: JSONValue = ["state": "succeeded"]

  private func message(_ text: String, from number: String = "491701234567") -> JSONValue {
    ["channel": "WA Main", "number": .text(number), "text": .text(text)]
  }

  @Test func `nothing is raised or settled without the grant`() async throws {
    let host = try ServicesFixture(runs: false)
    try await host.open(1)
    for (service, request) in [
      (.eventsRaise, ["kind": "message", "event": [:]]),
      (.eventsSettle, ["key": "k", "news": news]),
    ] as [(ServiceID, JSONValue)] {
      let answer = await host.ask(service, request)
      #expect(answer.status == 2 && answer.code == "runs_not_granted")
    }
    #expect(await host.effects().isEmpty)
    await host.stop()
  }

  @Test func `what cannot be raised or settled is refused with the reason`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let long = String(repeating: "k", count: 201)
    let huge = String(repeating: "x", count: HostServicesLimits.eventBytes)
    let cases: [(ServiceID, JSONValue, String, String)] = [
      (.eventsRaise, ["kind": "mesage", "event": [:]], "unknown_trigger", "\"message\""),
      (.eventsRaise, ["kind": "webhook", "event": [:]], "unknown_trigger", "webhook"),
      (.eventsRaise, ["kind": "connector", "event": [:]], "unknown_trigger", "runs.start"),
      (.eventsRaise, ["kind": "message", "event": [1]], "bad_event", "list"),
      (.eventsRaise, ["kind": "message", "event": [:], "key": .text(long)], "key_too_long", "201"),
      (
        .eventsRaise, ["kind": "message", "event": ["a": .text(huge)]], "event_too_large",
        "1048576"
      ),
      (.eventsSettle, ["key": "k", "news": "sent"], "bad_news", "text"),
      (.eventsSettle, ["key": "k", "news": [:]], "bad_news", "nothing"),
      (.eventsSettle, ["key": "k", "news": ["state": "read"]], "bad_news", "read"),
      (
        .eventsSettle, ["key": "k", "news": ["state": "failed", "cod": "x"]], "bad_news",
        "\"code\""
      ),
      (.eventsSettle, ["key": "k", "news": ["state": "failed", "code": 4]], "bad_news", "integer"),
      (
        .eventsSettle,
        ["key": "k", "news": ["state": "failed", "result": .text(String(huge.prefix(70_000)))]],
        "event_too_large", "65536"
      ),
    ]
    for (service, request, code, mentions) in cases {
      let answer = await host.ask(service, request)
      #expect(answer.status == 1 && answer.code == code, "\(request.json.prefix(90)): \(answer)")
      #expect(answer.message?.contains(mentions) == true, "\(answer.message ?? "")")
    }
    #expect(await host.effects().isEmpty)
    await host.stop()
  }

  @Test func `a call raises and settles a thousand things and no more`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    for count in 0..<HostServicesLimits.eventsPerCall {
      let answer =
        count % 2 == 0
        ? await host.ask(.eventsRaise, ["kind": "email", "event": [:]])
        : await host.ask(.eventsSettle, ["key": "k", "news": news])
      #expect(answer.status == 0, "\(count): \(answer)")
    }
    let answer = await host.ask(.eventsRaise, ["kind": "email", "event": [:]])
    #expect(answer.code == "too_many_events")
    await host.stop()
  }

  @Test func `ten hops from the first run nothing is raised`() async throws {
    let host = try ServicesFixture()
    try await host.open(1, hops: 9)
    #expect(await host.ask(1, .eventsRaise, ["kind": "email", "event": [:]]).status == 0)
    try await host.open(2, hops: 10)
    let refused = await host.ask(2, .eventsRaise, ["kind": "email", "event": [:]])
    #expect(refused.status != 0 && refused.code == "loop_limit")
    await host.stop()
  }

  // MARK: carried out

  @Test func `every connector that takes an event starts, of a message only the best`()
    async throws
  {
    let host = try ServicesFixture(takers: [
      taker(1, "any", ["match": "any"]), taker(2, "hi", ["match": "contains", "keywords": ["hi"]]),
      EventTaker(connector: ConnectorID(3), name: "one", version: 4, trigger: .reminder),
      EventTaker(connector: ConnectorID(4), name: "two", version: 4, trigger: .reminder),
    ])
    try await host.open(1, hops: 3)
    try connectors(host, ["any", "hi", "one", "two"])
    let message = try await apply(host, ["kind": "message", "event": message("oh hi")])
    #expect(message.started.map(\.name) == ["hi"])
    let row = try run(host, message.started[0].run)
    #expect(row.hops == 4 && row.origin == RunID(9) && row.version == 4 && row.fifoKey == "f")
    let reminders = try await apply(host, ["kind": "reminder", "event": [:]])
    #expect(reminders.started.map(\.name) == ["one", "two"])
    let nobody = try await apply(host, ["kind": "email", "event": [:]])
    #expect(nobody == EventRaised())
    #expect(nobody.value == ["runs": [], "woken": .null, "repeated": false, "stopped": false])
    await host.stop()
  }

  @Test func `the same key raises nothing again, and none is always new`() async throws {
    let host = try ServicesFixture(takers: [
      EventTaker(connector: ConnectorID(3), name: "one", version: 4, trigger: .reminder)
    ])
    try await host.open(1)
    for (key, isRepeated) in [("a", false), ("a", true), ("b", false), ("", false), ("", false)] {
      let raised = try await apply(host, ["kind": "reminder", "event": [:], "key": .text(key)])
      #expect(raised.isRepeated == isRepeated && raised.started.isEmpty == isRepeated, "\(key)")
    }
    await host.stop()
  }

  @Test func `the sixth message of a contact within a minute starts nothing`() async throws {
    let host = try ServicesFixture(takers: [taker(1, "any", ["match": "any"])])
    try await host.open(1)
    for count in 1...6 {
      let raised = try await apply(host, ["kind": "message", "event": message("\(count)")])
      #expect(raised.isStopped == (count == 6) && raised.started.isEmpty == (count == 6))
    }
    let other = message("7", from: "491700000000")
    #expect(try await apply(host, ["kind": "message", "event": other]).started.count == 1)
    await host.stop()
  }

  @Test func `a message wakes the run that waits for its contact, known by number or id`()
    async throws
  {
    let host = try ServicesFixture(takers: [taker(1, "any", ["match": "any"])])
    try await host.open(1)
    try connectors(host, ["any", "asks"])
    for event in [message("a"), ["contact": .text(host.contact.text), "text": "b"]] {
      let waiting = try wait(host)
      let raised = try await apply(host, ["kind": "message", "event": event])
      #expect(raised.woken == waiting && raised.started.isEmpty, "\(event)")
      #expect(try run(host, waiting).dueAt == 0)
    }
    #expect(try await apply(host, ["kind": "message", "event": message("c")]).started.count == 1)
    await host.stop()
  }

  // MARK: parts

  private func taker(_ id: Int64, _ name: ConnectorName, _ trigger: JSONObject) -> EventTaker {
    var message = MessageTrigger(channels: ["wa main"])
    message.keywords = trigger["keywords"]?.asList?.compactMap(\.asText) ?? []
    message.match = trigger["match"]?.asText.flatMap(KeywordMatch.init) ?? .any
    return EventTaker(
      connector: ConnectorID(id), name: name, version: 4, trigger: .message(message),
      fifoKey: { _ in "f" })
  }

  /// Rows for the connectors, whose ids count from 1.
  private func connectors(_ host: ServicesFixture, _ names: [String]) throws {
    try host.store.writeAndWait { transaction throws(StoreError) -> Void in
      for name in names {
        _ = try transaction.connectorPut(
          project: "acme", name: ConnectorName(rawValue: name), document: "{}", contentHash: name,
          nowMS: 1, makeToken: { name })
      }
    }
  }

  /// Asks for an event to be raised, and carries it out as the outcome would.
  private func apply(_ host: ServicesFixture, _ request: JSONValue) async throws -> EventRaised {
    let answer = await host.ask(.eventsRaise, request)
    #expect(answer.status == 0, "\(answer)")
    guard case .raise(let raise) = try #require(await host.effects().last) else {
      Issue.record("no event was gathered")
      return EventRaised()
    }
    return try host.store.writeAndWait { transaction throws(StoreError) in
      try raise.apply(transaction, origin: RunID(9), nowMS: 1_000)
    }
  }

  private func run(_ host: ServicesFixture, _ id: RunID) throws -> RunRow {
    try #require(
      try host.store.readAndWait { transaction throws(StoreError) in try transaction.runGet(id) })
  }

  /// A run that waits for a message of the fixture's contact.
  private func wait(_ host: ServicesFixture) throws -> RunID {
    let contact = host.contact.text
    return try host.store.writeAndWait { transaction throws(StoreError) in
      let event = NewEvent(project: "acme", connector: ConnectorID(2), version: 1, body: "{}")
      let run = try transaction.runStart(event, nowMS: 1).run
      let row = try transaction.runGet(run)
      _ = try transaction.runPark(
        run, fence: RunFence(incarnation: 1, sequence: row?.fence.sequence ?? 0),
        expecting: .ready, position: "[0,0]", due: nil,
        wait: StoredWait(.message, component: "ask", contact: contact), nowMS: 1)
      return run
    }
  }
}

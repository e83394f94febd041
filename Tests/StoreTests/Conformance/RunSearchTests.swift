// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Finding runs.
@Suite struct RunSearchTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func accept(
    _ body: String = "{}", in connector: ConnectorRow? = nil, nowMS: Int64 = 1_000
  ) throws -> RunID {
    let connector = connector ?? self.connector
    let event = NewEvent(
      project: connector.project, connector: connector.id, version: 1, body: body)
    return try fixture.write { write throws(StoreError) in
      try write.eventAccept(event, nowMS: nowMS).run
    }
  }

  private func search(_ query: RunQuery) throws -> [RunID] {
    try fixture.read { read throws(StoreError) in try read.runSearch(query).runs.map(\.id) }
  }

  private func search(_ path: String, _ value: String) throws -> [RunID] {
    try search(RunQuery("acme", conditions: [try EventCondition(path, equals: value)]))
  }

  @Test func `each thing a run is found by, alone and together`() throws {
    let other = try fixture.connector("other")
    let foreign = try fixture.connector("lead", project: "beta")
    let runs = try (0..<8).map { try accept(nowMS: 1_000 + Int64($0)) }
    let elsewhere = try accept(in: other, nowMS: 2_000)
    _ = try accept(in: foreign)
    try fixture.finish(runs[0], .failed)
    try fixture.finish(runs[1])
    try fixture.finish(runs[2], .failed)
    try fixture.park(runs[3], due: 9)
    try fixture.write { write throws(StoreError) in
      try write.runUpdate(
        runs[4], fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
        RunChange(.running, contact: RecordID(5), mark: "unknown"), nowMS: 3)
    }
    let id = connector.id
    let cases: [(RunQuery, [RunID])] = [
      (RunQuery("acme"), [elsewhere] + runs.reversed()),
      (RunQuery("acme", connector: id), runs.reversed()),
      (RunQuery("acme", state: .failed), [runs[2], runs[0]]),
      (RunQuery("acme", connector: other.id, state: .failed), []),
      (RunQuery("acme", connector: id, state: .succeeded), [runs[1]]),
      (RunQuery("acme", state: .waiting), [runs[3]]),
      (RunQuery("acme", state: .running), [runs[4]]),
      (RunQuery("acme", state: .ready), [elsewhere, runs[7], runs[6], runs[5]]),
      (RunQuery("acme", state: .ready, limit: 2), [elsewhere, runs[7]]),
      (RunQuery("acme", connector: id, state: .ready), [runs[7], runs[6], runs[5]]),
      (RunQuery("acme", contact: RecordID(5)), [runs[4]]),
      (RunQuery("acme", state: .ready, contact: RecordID(5)), []),
      (RunQuery("acme", mark: "unknown"), [runs[4]]),
      (RunQuery("acme", sinceMS: 1_007), [elsewhere, runs[7]]),
      (RunQuery("acme", sinceMS: 1_002, untilMS: 1_004), [runs[3], runs[2]]),
      (RunQuery("acme", before: runs[2]), [runs[1], runs[0]]),
      (RunQuery("none"), []),
    ]
    for (query, expected) in cases { #expect(try search(query) == expected, "\(query)") }
  }

  @Test func `an event's value is compared exactly, text or number`() throws {
    let number = try accept(#"{"lead_id":7,"a b":["x",{"y":true}],"big":12345678901234567}"#)
    let text = try accept(#"{"lead_id":"7","name":"Zoë","n":1.50,"none":null}"#)
    let prefix = try accept(#"{"lead_id":"7abc","lead":{"lead_id":7}}"#)
    #expect(try search("event.lead_id", "7") == [text, number])
    #expect(try search("event.lead_id", "7abc") == [prefix])
    #expect(try search("event.lead_id", "07").isEmpty)
    #expect(try search("event.lead_id", "7.0") == [number])
    #expect(try search("event.lead.lead_id", "7") == [prefix])
    #expect(try search("event.big", "12345678901234567") == [number])
    #expect(try search("event.big", "12345678901234568").isEmpty)
    #expect(try search("event.name", "Zoë") == [text])
    #expect(try search("event.n", "1.5") == [text])
    #expect(try search(#"event["a b"][0]"#, "x") == [number])
    #expect(try search(#"event["a b"][-1].y"#, "true") == [number])
    #expect(try search(#"event["a b"][-1].y"#, "1").isEmpty)
    #expect(try search("event.none", "null") == [text])
    #expect(try search("event.missing", "null").isEmpty)
  }

  @Test func `a condition is bound and never becomes a statement`() throws {
    let run = try accept(#"{"a":"' OR 1=1 --"}"#)
    #expect(try search("event.a", "' OR 1=1 --") == [run])
    #expect(try search("event.a", "' OR 1=1 --x").isEmpty)
    #expect(try search(#"event["a') OR 1=1 --"]"#, "x").isEmpty)
    for path in ["contact.name", "event..a", "", #"event["a\"b"]"#, #"event["\u0000"]"#] {
      #expect(throws: StoreError.self, "\(path)") { try EventCondition(path, equals: "1") }
    }
    #expect(throws: StoreError.self) {
      try EventCondition("event.a", equals: String(repeating: "x", count: 1 << 20))
    }
    #expect(code { () throws(StoreError) in
      let condition = try EventCondition("event.a", equals: "1")
      _ = try fixture.read { read throws(StoreError) in
        try read.runSearch(
          RunQuery("acme", conditions: [EventCondition](repeating: condition, count: 9)))
      }
    } == .invalidQuery)
  }

  @Test func `pages go on where the last one ended, and end`() throws {
    let other = try fixture.connector("other")
    let runs = try (0..<7).map { try accept(in: $0 % 2 == 0 ? connector : other) }
    for query in [RunQuery("acme", limit: 3), RunQuery("acme", state: .ready, limit: 3)] {
      var (query, found, pages) = (query, [RunID](), 0)
      while true {
        let page = try fixture.read { [query] read throws(StoreError) in
          try read.runSearch(query)
        }
        found += page.runs.map(\.id)
        pages += 1
        query.before = page.next
        if page.next == nil { break }
      }
      #expect(found == runs.reversed() && pages == 3)
    }
  }

  @Test func `one page looks at a bounded number of runs and says where to go on`() throws {
    let connector = connector
    let count = StoreLimits.searchedRuns + 10
    let first = try accept(#"{"k":"here"}"#)
    try fixture.write { write throws(StoreError) in
      for _ in 0..<count {
        _ = try write.eventAccept(
          NewEvent(project: "acme", connector: connector.id, version: 1, body: "{}"), nowMS: 1)
      }
    }
    var query = RunQuery("acme", conditions: [try EventCondition("event.k", equals: "here")])
    let page = try fixture.read { [query] read throws(StoreError) in try read.runSearch(query) }
    #expect(page.runs.isEmpty)
    query.before = page.next
    #expect(query.before == RunID(first.rawValue + 11))
    #expect(try search(query) == [first])
  }

  @Test func `what is unknown is resolved once, and a failed run is made ready again`() throws {
    let run = try accept()
    try fixture.write { write throws(StoreError) in
      try write.runMark(run, "unknown")
      try write.egressIntent(
        run, attempt: "a", request: 1, effect: .atMostOnce, digest: "d")
    }
    func resolve(_ sent: Bool) throws -> Bool {
      try fixture.write { write throws(StoreError) in
        try write.runResolve(run, sent: sent, nowMS: 5)
      }
    }
    #expect(try resolve(true))
    #expect(try fixture.run(run).mark == "sent")
    #expect(try !resolve(false))
    func reopen() throws -> RunRow? {
      try fixture.write { write throws(StoreError) in
        try write.runReopen(run, position: "[1,2]", version: 4, nowMS: 30)
      }
    }
    #expect(try reopen() == nil)
    try fixture.finish(run, .failed)
    let ended = try fixture.run(run).fence
    let row = try #require(try reopen())
    #expect(row.state == .ready && row.position == "[1,2]" && row.version == 4)
    #expect(row.finishedAt == nil && row.retries == 1 && row.fence == ended.next)
    #expect(try search(RunQuery("acme", state: .failed)).isEmpty)
    #expect(try search(RunQuery("acme", state: .ready)) == [run])
    try fixture.finish(run)
    #expect(try reopen() == nil)
  }
}

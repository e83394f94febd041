// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// What the statements cost, as SQLite plans them: a missing index is seen without a million rows.
@Suite struct QueryPlanTests {
  let fixture: StoreFixture
  let plans: [QueryPlan]

  /// Every operation of a run's life once, on one connection, which then tells its plans.
  init() throws {
    fixture = try StoreFixture()
    let connector = try fixture.connector()
    try fixture.write { write throws(StoreError) in
      let run = try QueryPlanTests.life(write, connector)
      try QueryPlanTests.look(write, connector, run)
    }
    // Statistics are written at the end of a batch, so what they cost is told by the next one.
    plans = try fixture.write { write throws(StoreError) in try write.queryPlans() }
  }

  private static func life(
    _ write: WriteTransaction, _ connector: ConnectorRow
  ) throws(StoreError) -> RunID {
    let key = EnrolmentKey(connector: connector.id, subject: "anna")
    let event = NewEvent(
      project: "acme", connector: connector.id, version: 1, body: "{}",
      dedupe: .init(key: [1], withinSeconds: 9), enrolment: key)
    let run = try write.eventAccept(event, nowMS: 1).run
    func fence() throws(StoreError) -> RunFence {
      RunFence(incarnation: 1, sequence: try write.runGet(run)?.fence.sequence ?? 0)
    }
    let running = RunChange(.running, position: "[0,1]", contact: RecordID(1), mark: "repeated")
    try write.runUpdate(run, fence: fence(), expecting: .ready, running, nowMS: 2)
    try write.runUpdate(run, fence: fence(), expecting: .running, running, nowMS: 3)
    try write.journalAppend(run, sequence: 0, entry: "{}", startedMS: 1, durationMS: 1)
    _ = try write.childrenInsert(
      parent: run, step: 0, scope: "{}", items: ["1", "2"], waits: true, nowMS: 4)
    _ = try write.runPark(
      run, fence: fence(), expecting: .running, position: "[1,0]", due: 9,
      wait: StoredWait(.delay, component: "d", step: "s", identifiers: ["a"], contact: "1"),
      nowMS: 5)
    _ = try write.delayMove(run, due: 8, nowMS: 6)
    _ = try write.messageWake(run, payload: "{}", nowMS: 6)
    _ = try write.delayCancel(
      "acme", pairs: [(connector.id, "a")], mode: .resume, holdMS: 5, nowMS: 7)
    try write.runWake(run, fence: fence(), nowMS: 8)
    let failed = RunChange(.failed, saved: "{}")
    _ = try write.runFinish(run, fence: fence(), expecting: .running, failed, nowMS: 9)
    _ = try write.runReopen(run, nowMS: 10)
    _ = try write.runCancelStored(run, reason: "r", incarnation: 2, nowMS: 11)
    _ = try write.runResolve(run, sent: true, nowMS: 12)
    _ = try write.raisedKeyTake("acme", kind: "message", key: "m1", nowMS: 12)
    _ = try write.messageAdmit("acme", sender: "1", nowMS: 12)
    _ = try write.newsPut(run, key: "k", target: "t", news: "{}", nowMS: 12)
    _ = try write.newsWake(run, nowMS: 12)
    _ = try write.newsTold(run, key: "k")
    _ = try write.journalUnknown(run)
    _ = try write.journalSettle(run, sequence: 0, news: "{}")
    return run
  }

  private static func look(
    _ write: WriteTransaction, _ connector: ConnectorRow, _ run: RunID
  ) throws(StoreError) {
    _ = try write.runListDue(nowMS: 1)
    let transcript = TranscriptRow(
      run: run, sequence: 0, connector: connector.id, component: "a", isFailure: true, content: "{}")
    _ = try write.transcriptPut(transcript)
    _ = try write.transcriptGet(run, sequence: 0)
    _ = try write.transcriptList(run)
    try write.pluginRecord("acme", "http", true, nowMS: 1)
    _ = try write.pluginsRecorded("acme")
    _ = try write.runListActive(connector.id)
    _ = try write.connectorsWithActiveRuns()
    _ = try write.delayList("acme")
    _ = try write.delayList("acme", connector: connector.id, identifier: "a")
    _ = try write.messageWaiters("acme", contact: "1")
    _ = try write.childScope(run)
    _ = try write.childOutcomes(run, step: 0)
    _ = try write.childrenOpen(run)
    _ = try write.runEvent(run)
    _ = try write.journalGet(run)
    _ = try write.egressGet(run, attempt: "a", request: 1)
    _ = try write.enrolmentList(connector.id)
    _ = try write.stepCounts(connector.id)
    _ = try write.exchangeList(connector.id, component: "a")
    _ = try write.receivedList(connector.id)
    _ = try write.alertMailDue(nowMS: 1)
    _ = try write.scheduleList()
    for state in RunState.allCases {
      _ = try write.runSearch(RunQuery("acme", connector: connector.id, state: state))
    }
    _ = try write.runSearch(RunQuery("acme", state: .failed, contact: RecordID(1)))
    _ = try write.runSearch(RunQuery("acme", mark: "unknown"))
  }

  private func plan(_ words: String) throws -> QueryPlan {
    let found = plans.filter { $0.sql.contains(words) }
    try #require(found.count == 1, "\(found.count) statements contain \(words)")
    return found[0]
  }

  @Test func `a step of a running run writes its row and no index`() throws {
    let step = try plan("AND state = 'running' AND incarnation <= ?")
    #expect(step.writes == 1, "\(step.sql)")
    #expect(step.steps == ["SEARCH run USING INTEGER PRIMARY KEY (rowid=?)"])
  }

  @Test(arguments: [
    (
      "AND run.finished_at IS NULL\n  AND run.wait_kind IS NULL", "run_active (connector=? AND id>?)"
    ),
    ("run.due_at IS NOT NULL AND (run.due_at, run.id) > (?, ?)", "run_due (due_at>?"),
    (
      "SELECT run FROM delay WHERE connector = ? AND identifier = ? ORDER BY run",
      "PRIMARY KEY (connector=? AND identifier=?)"
    ),
    ("SELECT run FROM message_wait", "PRIMARY KEY (project=? AND contact=?)"),
    ("INSERT INTO step_count", ""),
  ])
  func `what is done often goes along its index`(words: String, index: String) throws {
    let found = plans.filter { $0.sql.contains(words) }
    #expect(!found.isEmpty, "no statement contains \(words)")
    for plan in found where !index.isEmpty {
      #expect(plan.steps.contains { $0.contains(index) }, "\(plan.steps)")
      #expect(!plan.steps.contains { $0.contains("TEMP B-TREE") }, "\(plan.steps)")
    }
  }

  @Test func `no operation walks through a table that grows with the runs`() {
    let grows = ["run", "event", "journal", "delay", "child", "egress", "dedupe", "enrolment"]
    for plan in plans {
      for step in plan.steps {
        let words = step.split(separator: " ")
        guard words.first == "SCAN", words.count > 1, grows.contains(String(words[1])) else {
          continue
        }
        // One row of the active ones, the first.
        let isFirst = plan.sql.contains("WITH RECURSIVE found") && step.contains("run_active")
        #expect(isFirst, "\(step) in \(plan.sql)")
      }
    }
    #expect(plans.count > 50)
  }
}

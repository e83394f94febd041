// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Calls that can run again, kept beside the runs.
@Suite struct TranscriptTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func put(
    _ run: RunID, _ sequence: Int64, component: String = "say", isFailure: Bool = true,
    content: String = "{}"
  ) throws -> Bool {
    let row = TranscriptRow(
      run: run, sequence: sequence, connector: connector.id, component: component,
      isFailure: isFailure, content: content)
    return try fixture.write { write throws(StoreError) in try write.transcriptPut(row) }
  }

  private func list(_ run: RunID) throws -> [Int64] {
    try fixture.read { read throws(StoreError) in try read.transcriptList(run) }
  }

  @Test func `the last twenty of an action are kept, of failures and of others`() throws {
    let run = try fixture.accept(connector).run
    for sequence in 0..<25 { #expect(try put(run, Int64(sequence))) }
    for sequence in 100..<125 { #expect(try put(run, Int64(sequence), isFailure: false)) }
    #expect(try put(run, 200, component: "other"))
    #expect(try list(run) == Array(5..<25) + Array(105..<125) + [200])
  }

  @Test func `one that is too long is left out`() throws {
    let run = try fixture.accept(connector).run
    let long = String(repeating: "x", count: StoreLimits.transcriptBytes + 1)
    #expect(try !put(run, 0, content: long))
    #expect(try list(run).isEmpty)
  }

  @Test func `two thousand are kept in all`() throws {
    let run = try fixture.accept(connector).run
    for number in 0..<2_100 { _ = try put(run, Int64(number), component: "c\(number % 150)") }
    #expect(try list(run) == Array(100..<2_100))
  }

  @Test func `it stays when its run is archived, and goes with it`() throws {
    let run = try fixture.accept(connector).run
    #expect(try put(run, 3, content: #"{"a":1}"#))
    try fixture.write { write throws(StoreError) in
      _ = try write.runUpdate(
        run, fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
        RunChange(.running, position: "[0,1]"), nowMS: 2)
      _ = try write.runFinish(
        run, fence: RunFence(incarnation: 1, sequence: 1), expecting: .running,
        RunChange(.failed), nowMS: 3)
    }
    let archive = Archive(fixture.store)
    #expect(try archive.step(nowMS: 100_000) == 1)
    let kept = try fixture.read { read throws(StoreError) in
      try read.transcriptGet(run, sequence: 3)
    }
    #expect(kept == #"{"a":1}"#)
    #expect(try archive.retain(RetentionPolicy(bytes: 0), nowMS: 100_000).runs == 1)
    #expect(try list(run).isEmpty)
  }

  @Test func `which plugins are recorded is remembered for each project`() throws {
    try fixture.write { write throws(StoreError) in
      try write.pluginRecord("acme", "http", true, nowMS: 1)
      try write.pluginRecord("acme", "http", true, nowMS: 2)
      try write.pluginRecord("acme", "email", true, nowMS: 2)
      try write.pluginRecord("acme2", "crm", true, nowMS: 2)
      try write.pluginRecord("acme", "email", false, nowMS: 3)
    }
    let (first, second, third) = try fixture.read { read throws(StoreError) in
      (
        try read.pluginsRecorded("acme"), try read.pluginsRecorded("acme2"),
        try read.pluginsRecorded("acm")
      )
    }
    #expect(first == ["http"] && second == ["crm"] && third.isEmpty)
  }
}

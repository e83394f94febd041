// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import TestKit
import Testing

/// Ended runs leave the hot tables and are still there; in the end they go.
@Suite struct ArchiveTests {
  let fixture: StoreFixture
  let connector: ConnectorRow
  let archive: Archive

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
    archive = Archive(fixture.store, segmentBytes: 32 << 10)
  }

  private static let day: Int64 = 86_400_000

  /// A run with a journal of about `size` bytes that ended then.
  private func ended(
    _ number: Int, at nowMS: Int64 = 1_000, size: Int = 100, state: RunState = .succeeded,
    in connector: ConnectorRow? = nil
  ) throws -> RunID {
    let connector = connector ?? self.connector
    let event = NewEvent(
      project: "acme", connector: connector.id, version: 1, body: #"{"n":\#(number)}"#)
    let run = try fixture.write { write throws(StoreError) in
      let run = try write.eventAccept(event, nowMS: nowMS).run
      for sequence in 0..<3 as Range<Int64> {
        let entry = "\"\(number).\(sequence)" + String(repeating: "x", count: size / 3) + "\""
        try write.journalAppend(
          run, sequence: sequence, entry: entry, startedMS: nowMS, durationMS: 1)
      }
      return run
    }
    try fixture.finish(run, state, nowMS: nowMS)
    return run
  }

  private func archiveAll(nowMS: Int64) throws -> Int {
    var moved = 0
    while true {
      let count = try archive.step(nowMS: nowMS)
      if count == 0 { return moved }
      moved += count
    }
  }

  private func segments() throws -> [SegmentRow] {
    try fixture.read { read throws(StoreError) in try read.segmentList() }
  }

  private func journal(_ run: RunID) throws -> [String] {
    try fixture.read { read throws(StoreError) in
      try read.journalGet(run).map { String($0.entry.dropFirst().prefix(3)) }
    }
  }

  private func find(_ number: Int) throws -> [RunID] {
    let condition = try EventCondition("event.n", equals: "\(number)")
    return try fixture.read { read throws(StoreError) in
      try read.runSearch(RunQuery("acme", conditions: [condition])).runs.map(\.id)
    }
  }

  @Test func `an archived run is listed, found, shown and reopened as before`() throws {
    let runs = try (0..<4).map { try ended($0, state: $0 == 2 ? .failed : .succeeded) }
    let live = try fixture.accept(connector).run
    #expect(try archive.step(nowMS: 60_999) == 0)
    #expect(try archiveAll(nowMS: 61_000) == 4)
    #expect(fixture.folder.names(in: "journal") == ["19700101-1.db"])
    #expect(try archive.step(nowMS: 61_000) == 0)
    #expect(try journal(runs[1]) == ["1.0", "1.1", "1.2"])
    #expect(try find(3) == [runs[3]])
    let (list, event) = try fixture.read { read throws(StoreError) in
      (try read.runSearch("acme").map(\.id), try read.runEvent(runs[3])?.body)
    }
    #expect(list == [live] + runs.reversed() && event == #"{"n":3}"#)
    let reopened = try fixture.write { write throws(StoreError) in
      _ = try write.runReopen(runs[2], nowMS: 70_000)
      let next = try write.journalNext(runs[2])
      try write.journalAppend(
        runs[2], sequence: next, entry: "\"2.3\"", startedMS: 1, durationMS: 1)
      return next
    }
    #expect(reopened == 3)
    #expect(try journal(runs[2]) == ["2.0", "2.1", "2.2", "2.3"] && find(2) == [runs[2]])
    try fixture.finish(runs[2], nowMS: 80_000)
    #expect(try archiveAll(nowMS: 200_000) == 1)
    #expect(try journal(runs[2]) == ["2.0", "2.1", "2.2", "2.3"] && find(2) == [runs[2]])
    // What succeeded stays where it is.
    let none = try fixture.write { write throws(StoreError) in
      try write.runReopen(runs[0], nowMS: 90_000) == nil
    }
    #expect(none)
    #expect(try segments().map(\.runs) == [5])
  }

  @Test func `a crash between the file and the hot tables loses and doubles nothing`() throws {
    let folder = fixture.folder
    let runs = try (0..<3).map { try ended($0) }
    let crashed = TemporaryFolder()
    for name in ["main.db", "main.db-wal"] {
      crashed.write(try #require(folder.bytes(of: name)), to: name)
    }
    #expect(try archive.step(nowMS: 61_000) == 3)
    // The segment is on disk, the main database as it was.
    let name = "journal/19700101-1.db"
    crashed.write(try #require(folder.bytes(of: name)), to: name)
    let second = try Store.open(folder: crashed.path)
    defer { second.close() }
    #expect(try Archive(second).step(nowMS: 61_000) == 3)
    for (number, run) in runs.enumerated() {
      let entries = try second.readAndWait { read throws(StoreError) in
        try read.journalGet(run).map { String($0.entry.dropFirst().prefix(3)) }
      }
      #expect(entries == ["\(number).0", "\(number).1", "\(number).2"])
    }
  }

  @Test func `a child finds its parent's event in the parent's segment`() throws {
    let parent = try fixture.accept(connector).run
    let child = try fixture.write { write throws(StoreError) in
      try write.childrenInsert(
        parent: parent, step: 0, scope: "{}", items: ["1"], waits: false, nowMS: 1)[0]
    }
    try fixture.finish(parent)
    #expect(try archiveAll(nowMS: 100_000) == 1)
    let event = try fixture.read { read throws(StoreError) in try read.runEvent(child)?.body }
    #expect(event == #"{"n":1}"#)
    #expect(try find(1) == [child, parent])
    // It is not removed while its child is under way.
    let policy = RetentionPolicy(forMS: 1)
    #expect(try archive.retain(policy, nowMS: Self.day).runs == 0)
    try fixture.finish(child, nowMS: Self.day)
    let report = try archive.retain(policy, nowMS: Self.day)
    #expect(report.runs == 1 && report.segments == 1)
    #expect(fixture.folder.names(in: "journal") == [])
  }

  @Test func `a segment is of one day and of a bounded size`() throws {
    for number in 0..<8 { _ = try ended(number, at: Int64(number), size: 12_000) }
    let step = Archive(fixture.store, segmentBytes: 1)
    #expect(try step.step(nowMS: 61_000) == 8)
    _ = try ended(8, at: 2_000)
    #expect(try step.step(nowMS: 70_000) == 1)
    _ = try ended(9, at: Self.day)
    #expect(try archive.step(nowMS: Self.day + 60_000) == 1)
    let list = try segments()
    #expect(list.map(\.name) == ["19700101-1.db", "19700101-2.db", "19700102-3.db"])
    #expect(list.map(\.isSealed) == [true, true, false] && list.map(\.runs) == [8, 1, 1])
  }

  @Test func `runs go with their segment, by age and by bytes, the rest stays whole`() throws {
    var runs: [RunID] = []
    for day in 0..<4 as Range<Int64> {
      runs.append(try ended(Int(day), at: day * Self.day, size: 30_000))
      #expect(try archive.step(nowMS: day * Self.day + 60_000) == 1)
    }
    let names = fixture.folder.names(in: "journal")
    #expect(try archive.retain(RetentionPolicy(), nowMS: 9 * Self.day) == RetentionReport())
    let old = try archive.retain(RetentionPolicy(forMS: Self.day), nowMS: Self.day)
    #expect(old.runs == 1 && old.segments == 1 && old.bytes > 30_000)
    #expect(fixture.folder.names(in: "journal") == Array(names[1...]))
    let total = try segments().reduce(0) { $0 + $1.bytes }
    let large = try archive.retain(RetentionPolicy(bytes: total - 1), nowMS: Self.day)
    #expect(large.runs == 1 && large.segments == 1)
    #expect(try journal(runs[2]) == ["2.0", "2.1", "2.2"] && journal(runs[0]).isEmpty)
    let list = try fixture.read { read throws(StoreError) in try read.runSearch("acme").map(\.id) }
    #expect(list == [runs[3], runs[2]])
    #expect(try archive.retain(RetentionPolicy(bytes: 0), nowMS: Self.day).runs == 2)
    // The next one begins a new file.
    _ = try ended(9, at: 0)
    #expect(try archive.step(nowMS: 61_000) == 1)
    #expect(try segments().map(\.name) == ["19700101-5.db"])
  }

  @Test func `a connector keeps less than the whole, a live run always`() throws {
    let other = try fixture.connector("other")
    let mine = try (0..<5).map { try ended($0, at: Int64($0) * 1_000, size: 3_000) }
    let theirs = try ended(9, at: 0, in: other)
    let waiting = try fixture.accept(connector, nowMS: 0).run
    try fixture.park(waiting, due: 5)
    #expect(try archiveAll(nowMS: 61_500) == 3)
    func keep(_ keep: RetentionPolicy.Keep, _ nowMS: Int64) throws -> [RunID] {
      _ = try archive.retain(
        RetentionPolicy(connectors: [connector.id: keep]), nowMS: nowMS)
      return try fixture.read { read throws(StoreError) in try read.runSearch("acme").map(\.id) }
    }
    #expect(
      try keep(.init(forMS: 10_000), 11_000)
        == [waiting, theirs] + mine[2...].reversed())
    #expect(try archiveAll(nowMS: 100_000) == 3)
    #expect(try keep(.init(bytes: 7_000), 11_000) == [waiting, theirs, mine[4], mine[3]])
    #expect(try keep(.init(bytes: 0), 11_000) == [waiting, theirs])
    #expect(try journal(theirs) == ["9.0", "9.1", "9.2"])
  }

  @Test func `a project keeps less than the whole, all its connectors together`() throws {
    let other = try fixture.connector("other")
    let foreign = try fixture.connector("lead", project: "beta")
    let runs = try [connector, other, connector, other].map {
      try ended(1, size: 3_000, in: $0)
    }
    let theirs = try fixture.accept(foreign).run
    #expect(try archiveAll(nowMS: 61_000) == 4)
    _ = try archive.retain(
      RetentionPolicy(projects: ["acme": .init(bytes: 7_000), "beta": .init(bytes: 0)]),
      nowMS: 61_000)
    let left = try fixture.read { read throws(StoreError) in
      try read.runSearch("acme").map(\.id) + read.runSearch("beta").map(\.id)
    }
    #expect(left == [runs[3], runs[2], theirs])
  }

  @Test func `the housekeeper archives when told and removes once an hour`() async throws {
    let keeper = try Housekeeper(archive)
    defer { keeper.close() }
    func tend(_ policy: RetentionPolicy, _ nowMS: Int64) async throws -> Housekeeper.Round {
      try await withCheckedThrowingContinuation { continuation in
        keeper.tend(policy, nowMS: nowMS) { result in
          continuation.resume(with: result.mapError { $0 as any Error })
        }
      }
    }
    for number in 0..<100 { _ = try ended(number) }
    let first = try await tend(RetentionPolicy(), 61_000)
    #expect(first.archived == 100 && first.removed == RetentionReport())
    let early = try await tend(RetentionPolicy(bytes: 0), 61_000 + 3_599_999)
    #expect(early == Housekeeper.Round())
    let later = try await tend(RetentionPolicy(bytes: 0), 61_000 + 3_600_000)
    #expect(later.removed?.runs == 100)
    // A clock set back does not keep it from removing.
    #expect(try await tend(RetentionPolicy(), 5).removed != nil)
  }

  @Test func `the database's file shrinks when runs have left it`() throws {
    for number in 0..<60 { _ = try ended(number, size: 30_000) }
    /// The size of a copy after it was opened, used and closed.
    func size(_ use: (Store) throws -> Void) throws -> Int {
      let folder = TemporaryFolder()
      try archive.backup(to: folder("copy"))
      do {
        let store = try Store.open(folder: folder("copy"))
        try use(store)
        store.close()
      }
      return try #require(folder.bytes(of: "copy/main.db")).count
    }
    let full = try size { _ in }
    let left = try size { store in
      let archive = Archive(store)
      while try archive.step(nowMS: 61_000) > 0 {}
      for _ in 0..<10 {
        _ = try store.writeAndWait { write throws(StoreError) in try write.storeTidy(nowMS: 1) }
      }
    }
    #expect(left < full / 4, "\(left) of \(full)")
  }
}

// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import Pipeline
import Synchronization
import Testing
import Values

@testable import Store

@Suite struct WriterTests {
  let fixture: StoreFixture
  var store: Store { fixture.store }

  init() throws { fixture = try StoreFixture() }

  /// Waits until so many completions have come.
  final class Counter: Sendable {
    private let results = Mutex<[Bool]>([])
    private let done = Waiting<Bool>()
    private let wanted: Int
    init(_ wanted: Int) { self.wanted = wanted }

    func note(_ isSuccess: Bool) {
      let count = results.withLock {
        $0.append(isSuccess)
        return $0.count
      }
      if count == wanted { done.bring(true) }
    }

    func wait() -> [Bool] {
      _ = done.wait()
      return results.withLock { $0 }
    }
  }

  @Test func `a body that throws is taken back alone`() throws {
    let counter = Counter(300)
    for number in 0..<300 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("p\(number)"), document: "{}", nowMS: 1)
        // Every third fails after it has written.
        if number % 3 == 0 { throw StoreError(.notFound, "on purpose") }
      } completion: { result in
        counter.note(result.isSuccess)
      }
    }
    #expect(counter.wait().filter { $0 }.count == 200)
    let names = try store.readAndWait { read throws(StoreError) in try read.projectList() }
    #expect(names.count == 200)
    #expect(!names.contains("p0") && !names.contains("p297") && names.contains("p298"))
  }

  @Test func `what is queued together is committed together and told in one batch, in order`()
    throws
  {
    let batches = Mutex<[Int]>([])
    let folder = fixture.folder
    let store = try Store.open(folder: folder("other")) { completions in
      batches.withLock { $0.append(completions.count) }
      for completion in completions { completion() }
    }
    defer { store.close() }
    let gate = Waiting<Bool>()
    let order = Mutex<[Int]>([])
    let counter = Counter(501)
    // The first body holds the writer until all others are queued.
    store.write(
      { _ throws(StoreError) in _ = gate.wait() }, completion: { _ in counter.note(true) })
    for number in 0..<500 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("p\(number)"), document: "{}", nowMS: 1)
      } completion: { _ in
        order.withLock { $0.append(number) }
        counter.note(true)
      }
    }
    gate.bring(true)
    _ = counter.wait()
    #expect(batches.withLock { $0 } == [501])
    #expect(order.withLock { $0 } == Array(0..<500))
  }

  @Test func `a batch closes at its size, by bodies and by bytes`() throws {
    let sizes = Mutex<[Int]>([])
    let store = try Store.open(folder: fixture.folder("other")) { completions in
      sizes.withLock { $0.append(completions.count) }
      for completion in completions { completion() }
    }
    defer { store.close() }
    let gate = Waiting<Bool>()
    let counter = Counter(1 + 1_500 + 8)
    store.write(
      { _ throws(StoreError) in _ = gate.wait() }, completion: { _ in counter.note(true) })
    for _ in 0..<1_500 {
      store.write({ _ throws(StoreError) in }, completion: { _ in counter.note(true) })
    }
    let large = String(repeating: "x", count: 1 << 20)
    for number in 0..<8 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("large\(number)"), document: large, nowMS: 1)
      } completion: { _ in
        counter.note(true)
      }
    }
    gate.bring(true)
    _ = counter.wait()
    let seen = sizes.withLock { $0 }
    #expect(seen.first == StoreLimits.batchBodies)
    #expect(seen.dropFirst().first == 1_501 - 1_024 + 4)
    #expect(seen.last == 4)
  }

  @Test func `a commit that fails fails every body of its batch and leaves nothing`() throws {
    let armed = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        // From now on SQLite turns each commit that has something to write into a rollback.
        sqlite3_commit_hook(write.database.handle, { _ in 1 }, nil)
      }
    }
    #expect(armed == .commitFailed)
    let counter = Counter(20)
    let codes = Mutex<[StoreError.Code]>([])
    for number in 0..<20 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("p\(number)"), document: "{}", nowMS: 1)
      } completion: { result in
        if case .failure(let error) = result { codes.withLock { $0.append(error.code) } }
        counter.note(true)
      }
    }
    _ = counter.wait()
    #expect(codes.withLock { $0 } == Array(repeating: .commitFailed, count: 20))
    let names = try store.readAndWait { read throws(StoreError) in try read.projectList() }
    #expect(names.isEmpty)
  }

  @Test func `a batch that cannot even begin is told so, and the next one goes on`() throws {
    try store.writeAndWait { write throws(StoreError) in
      try write.database.execute("PRAGMA busy_timeout=1")
    }
    var intruder: OpaquePointer?
    #expect(sqlite3_open(fixture.folder("main.db"), &intruder) == SQLITE_OK)
    #expect(sqlite3_exec(intruder, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
    let blocked = code { () throws(StoreError) in
      _ = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    }
    #expect(blocked == .commitFailed)
    sqlite3_close(intruder)
    let next = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    #expect(next == 1)
  }

  @Test func `a full disk fails what is being written, keeps what was, and heals`() throws {
    try store.writeAndWait { write throws(StoreError) in
      try write.projectPut("kept", document: "{}", nowMS: 1)
    }
    try store.writeAndWait { write throws(StoreError) in
      let pages =
        try write.database.statement("PRAGMA page_count")
        .first { row throws(StoreError) in row.integer(0) } ?? 0
      try write.database.execute("PRAGMA max_page_count=\(pages + 4)")
    }
    let large = String(repeating: "x", count: 200_000)
    let failure = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        try write.projectPut("large", document: large, nowMS: 1)
      }
    }
    #expect(failure == .commitFailed || failure == .diskFull)
    let names = try store.readAndWait { read throws(StoreError) in try read.projectList() }
    #expect(names == ["kept"])
    try store.writeAndWait { write throws(StoreError) in
      try write.database.execute("PRAGMA max_page_count=1000000")
    }
    try store.writeAndWait { write throws(StoreError) in
      try write.projectPut("large", document: large, nowMS: 1)
    }
    let healed = try store.readAndWait { read throws(StoreError) in
      try read.projectGet("large")
    }
    #expect(healed == large)
  }

  @Test func `a closed store writes what was queued and refuses what comes later`() throws {
    let counter = Counter(100)
    for number in 0..<100 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("p\(number)"), document: "{}", nowMS: 1)
      } completion: { result in
        counter.note(result.isSuccess)
      }
    }
    store.close()
    #expect(counter.wait().allSatisfy { $0 })
    let refused = code { () throws(StoreError) in
      try store.writeAndWait { _ throws(StoreError) in }
    }
    #expect(refused == .closed)
    let again = try Store.open(folder: fixture.folder.path)
    defer { again.close() }
    let names = try again.readAndWait { read throws(StoreError) in try read.projectList() }
    #expect(names.count == 100)
  }

  @Test func `a reader sees one state while the writer goes on`() throws {
    let store = store
    try store.writeAndWait { write throws(StoreError) in
      try write.projectPut("a", document: "1", nowMS: 1)
    }
    let seen = try store.readAndWait { read throws(StoreError) in
      let before = try read.projectGet("a")
      try store.writeAndWait { write throws(StoreError) in
        try write.projectPut("a", document: "2", nowMS: 2)
      }
      return [before, try read.projectGet("a")]
    }
    #expect(seen == ["1", "1"])
    let after = try store.readAndWait { read throws(StoreError) in try read.projectGet("a") }
    #expect(after == "2")
  }
}

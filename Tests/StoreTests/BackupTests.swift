// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pipeline
import Store
import TestKit
import Testing

/// Copies of a data folder, taken while it is in use, and put back.
@Suite struct BackupTests {
  let fixture: StoreFixture
  let connector: ConnectorRow
  let archive: Archive
  let elsewhere = TemporaryFolder()

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
    archive = Archive(fixture.store)
  }

  /// Some archived runs and some live ones.
  private func fill() throws -> (archived: [RunID], live: [RunID]) {
    let archived = try (0..<5).map { _ in
      let run = try fixture.accept(connector).run
      try fixture.write { write throws(StoreError) in
        try write.journalAppend(run, sequence: 0, entry: "1", startedMS: 1, durationMS: 1)
      }
      try fixture.finish(run)
      return run
    }
    #expect(try archive.step(nowMS: 100_000) == 5)
    return (archived, try (0..<5).map { _ in try fixture.accept(connector).run })
  }

  private func refusal(_ body: () throws(StoreError) -> Void) -> StoreError? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `a backup taken under load opens with all that was acknowledged before it`() throws {
    let (archived, live) = try fill()
    for number in 0..<3_000 as Range<Int64> {
      let event = NewEvent(
        project: "acme", connector: connector.id, version: 1, body: #"{"i":\#(number)}"#)
      fixture.store.write { write throws(StoreError) in
        _ = try write.eventAccept(event, nowMS: number)
      } completion: { _ in }
    }
    try archive.backup(to: elsewhere("copy"))
    #expect(elsewhere.names(in: "copy").sorted() == ["journal", "main.db"])
    try Archive.restore(from: elsewhere("copy"), to: elsewhere("new"))
    let store = try Store.open(folder: elsewhere("new"))
    defer { store.close() }
    #expect(try Archive(store).faults() == [])
    let counts = try store.readAndWait { read throws(StoreError) in
      for run in archived {
        guard try read.journalGet(run).count == 1, try read.runEvent(run) != nil else { return -1 }
      }
      for run in live where try read.runEvent(run)?.body != #"{"n":1}"# { return -2 }
      // One state: every run that is there has its event.
      let runs = try read.runListUnfinished(limit: 5_000)
      for run in runs where try read.runEvent(run.id) == nil { return -3 }
      return runs.count
    }
    #expect(counts >= 5)
    // It goes on like any other.
    let next = try store.writeAndWait { [connector] write throws(StoreError) in
      try write.eventAccept(
        NewEvent(project: "acme", connector: connector.id, version: 1, body: "{}"), nowMS: 1
      ).run
    }
    #expect(next.rawValue > Int64(counts))
  }

  @Test func `a backup or a restore into a folder in use is refused`() throws {
    _ = try fill()
    elsewhere.write([1], to: "full/file")
    #expect(refusal { () throws(StoreError) in
      try archive.backup(to: elsewhere("full"))
    }?.code == .folderUnwritable)
    try archive.backup(to: elsewhere("copy"))
    #expect(refusal { () throws(StoreError) in
      try Archive.restore(from: elsewhere("copy"), to: fixture.folder.path)
    }?.message.contains("has a database already") == true)
    #expect(refusal { () throws(StoreError) in
      try Archive.restore(from: elsewhere("full"), to: elsewhere("new"))
    }?.code == .notFound)
    #expect(!TestFile.exists(elsewhere("new/main.db")))
  }

  @Test(arguments: ["main.db", "journal/19700101-1.db", ""])
  func `a damaged backup is not restored`(file: String) throws {
    _ = try fill()
    try archive.backup(to: elsewhere("copy"))
    if file.isEmpty {
      unlink(elsewhere("copy/journal/19700101-1.db"))
    } else {
      var bytes = try #require(elsewhere.bytes(of: "copy/" + file))
      for at in 4_096..<bytes.count { bytes[at] = 0xA5 }
      elsewhere.write(bytes, to: "copy/" + file)
    }
    let error = refusal { () throws(StoreError) in
      try Archive.restore(from: elsewhere("copy"), to: elsewhere("new"))
    }
    #expect(error?.code == .damaged, "\(String(describing: error))")
    #expect(!TestFile.exists(elsewhere("new/main.db")))
  }

  @Test func `a segment that is damaged or gone is named`() throws {
    let archived = try fill().archived
    #expect(try archive.faults() == [])
    let name = "journal/19700101-1.db"
    var bytes = try #require(fixture.folder.bytes(of: name))
    for at in 100..<bytes.count { bytes[at] = 0xA5 }
    fixture.folder.write(bytes, to: name)
    #expect(try archive.faults().first?.contains("19700101-1.db") == true)
    unlink(fixture.folder(name))
    #expect(try archive.faults() == [name + " is missing"])
    let journal = try fixture.read { read throws(StoreError) in try read.journalGet(archived[0]) }
    #expect(journal.isEmpty)
  }
}

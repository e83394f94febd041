// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import Store
import TestKit
import Testing

@Suite struct DatabaseFileTests {
  let folder = TemporaryFolder()

  private func refusal() -> StoreError? {
    do {
      try Store.open(folder: folder.path).close()
      return nil
    } catch {
      return error
    }
  }

  /// Makes a database as another program would.
  private func makeDatabase(_ sql: String) {
    var database: OpaquePointer?
    sqlite3_open(folder("main.db"), &database)
    sqlite3_exec(database, sql, nil, nil, nil)
    sqlite3_close(database)
  }

  @Test func `a new database is private and is marked as ours from its first page`() throws {
    let store = try Store.open(folder: folder("new/data"))
    store.close()
    let header = try #require(folder.bytes(of: "new/data/main.db"))
    #expect(Array(header[68..<72]) == Array("JKFD".utf8))
    #expect(Array(header[60..<64]) == [0, 0, 0, 4])
    // Incremental vacuum: the largest root page and the mode are set.
    #expect(Array(header[64..<68]) == [0, 0, 0, 1])
    var status = stat()
    #expect(stat(folder("new/data/main.db"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(!TestFile.exists(folder("new/data/main.db.new")))
  }

  @Test func `what was written is there after closing and opening again`() throws {
    let store = try Store.open(folder: folder.path)
    let first = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    store.close()
    let again = try Store.open(folder: folder.path)
    defer { again.close() }
    let second = try again.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    #expect(first == 1 && second == 2)
  }

  @Test func `a database of another program is refused and left untouched`() throws {
    makeDatabase("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);")
    let before = folder.bytes(of: "main.db")
    let error = try #require(refusal())
    #expect(error.code == .foreignDatabase)
    #expect(error.message.contains("another program") && error.message.contains("--data"))
    #expect(folder.bytes(of: "main.db") == before)
    #expect(folder.names() == ["main.db"])
  }

  @Test func `a newer database is refused with both versions and left untouched`() throws {
    makeDatabase("PRAGMA application_id=0x4A4B4644; PRAGMA user_version=9; CREATE TABLE t (a);")
    let before = folder.bytes(of: "main.db")
    let error = try #require(refusal())
    #expect(error.code == .newerDatabase)
    #expect(error.message.contains("version 9") && error.message.contains("up to 4"))
    #expect(folder.bytes(of: "main.db") == before)
    #expect(folder.names() == ["main.db"])
  }

  @Test func `a database from before the first release is refused and left untouched`() throws {
    makeDatabase("PRAGMA application_id=0x4A4B4644; PRAGMA user_version=1; CREATE TABLE run (id);")
    let before = folder.bytes(of: "main.db")
    let error = try #require(refusal())
    #expect(error.code == .olderDatabase)
    #expect(error.message.contains("version 1") && error.message.contains("writes 4"))
    #expect(folder.bytes(of: "main.db") == before)
    #expect(folder.names() == ["main.db"])
  }

  @Test(arguments: [[], Array("hello".utf8), [UInt8](repeating: 0xA5, count: 9_000)])
  func `a file that is no database is refused and left untouched`(garbage: [UInt8]) throws {
    folder.write(garbage, to: "main.db")
    #expect(refusal()?.code == .foreignDatabase)
    #expect(folder.bytes(of: "main.db") == garbage)
  }

  @Test func `a damaged database is named damaged`() throws {
    try Store.open(folder: folder.path).close()
    var bytes = try #require(folder.bytes(of: "main.db"))
    for at in 100..<bytes.count { bytes[at] = 0xA5 }
    folder.write(bytes, to: "main.db")
    #expect(refusal()?.code == .damaged)
  }

  @Test func `a folder that cannot be made says why and what to do`() throws {
    folder.write("a file", to: "data")
    do {
      _ = try Store.open(folder: folder("data/inside"))
      Issue.record("a folder below a file was made")
    } catch {
      #expect(error.code == .folderUnwritable)
      #expect(error.message.contains("--data"))
    }
  }

  @Test func `a half made database of a crashed start is made again`() throws {
    folder.write("half", to: "main.db.new")
    #expect(refusal() == nil)
  }

  @Test func `a copy of database and log taken while running has all that was acknowledged`() throws
  {
    let store = try Store.open(folder: folder.path)
    defer { store.close() }
    for _ in 1...50 {
      _ = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    }
    // What a killed process leaves behind: the files as they are now, without the shared index.
    let crashed = TemporaryFolder()
    for name in ["main.db", "main.db-wal"] {
      crashed.write(try #require(folder.bytes(of: name)), to: name)
    }
    let again = try Store.open(folder: crashed.path)
    defer { again.close() }
    let next = try again.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    #expect(next == 51)
  }

  @Test func `a torn end of the log loses no earlier commit`() throws {
    let store = try Store.open(folder: folder.path)
    defer { store.close() }
    for _ in 1...10 {
      _ = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    }
    let log = try #require(folder.bytes(of: "main.db-wal"))
    _ = try store.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    let longer = try #require(folder.bytes(of: "main.db-wal"))
    let crashed = TemporaryFolder()
    crashed.write(try #require(folder.bytes(of: "main.db")), to: "main.db")
    crashed.write(Array(longer[..<(log.count + 1_000)]), to: "main.db-wal")
    let again = try Store.open(folder: crashed.path)
    defer { again.close() }
    let next = try again.writeAndWait { write throws(StoreError) in try write.incarnationNext() }
    #expect(next == 11)
  }
}

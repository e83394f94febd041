// SPDX-License-Identifier: Apache-2.0
import CSQLite
import TestKit
import Testing

@testable import Store

/// The database's log: a limit of 320 pages, so that 20 are a long one.
@Suite struct LogTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = TemporaryFolder()
    var simulation = StoreSimulation(files: HostFiles())
    simulation.logPages = 320
    store = try Store.openStepped(folder: folder.path, on: simulation)
  }

  /// Ten pages each, and the file's length in pages afterwards.
  @discardableResult
  private func commit(_ count: Int, afterEach: () -> Void = {}) throws -> Int {
    for number in 0..<count {
      // Another text each time: SQLite leaves alone what stays the same.
      let text = String(repeating: "\(number % 10)", count: 40_000)
      try store.writeAndWait { write throws(StoreError) in
        try write.projectPut("p", document: text, nowMS: Int64(number))
      }
      afterEach()
    }
    return try #require(folder.bytes(of: "main.db-wal")).count / 4_120
  }

  @Test func `an unbroken stream of commits writes the same few pages of the log again`() throws {
    let pages = try commit(400) { store.stepCheckpoint() }
    #expect(pages < 64)
    store.close()
  }

  @Test func `where nobody copies, the writer does at the limit`() throws {
    let pages = try commit(400)
    #expect(320..<384 ~= pages)
    store.close()
  }

  @Test func `a reader of an old state lets the log grow and stops no commit`() throws {
    try commit(1)
    let reader = try DatabaseFile.connect(folder("main.db"), .none)
    try reader.beginReading()
    #expect(try reader.statement("SELECT count(*) FROM project").first { $0.integer(0) } == 1)
    let long = try commit(100) { store.stepCheckpoint() }
    #expect(long > 1_000)
    reader.rollback()
    // Soon the log begins anew, and the file that had grown stays as long as it is.
    #expect(try commit(400) { store.stepCheckpoint() } < long + 64)
    store.close()
  }
}

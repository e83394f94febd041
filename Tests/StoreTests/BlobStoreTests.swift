// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pipeline
@testable import Store
import TestKit
import Testing
import Values

/// What keeps a blob, what removes it, and what a crash leaves.
@Suite struct BlobStoreTests {
  let fixture: StoreFixture
  let connector: ConnectorRow
  let blobs: BlobStore

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
    blobs = BlobStore(fixture.store, folder: fixture.folder.path, digest: TestDigest.make)
  }

  private var run: RunID { get throws { try fixture.accept(connector).run } }

  private func keep(
    _ text: String, for run: RunID, in project: ProjectID = "acme"
  ) throws(StoreError) -> BlobID {
    let draft = try blobs.begin()
    try draft.append(Array(text.utf8)[...])
    return try blobs.keep(draft, in: project, for: run, nowMS: 0).id
  }

  private func content(_ id: BlobID, in project: ProjectID = "acme") throws -> String? {
    let blobs = blobs
    let file = try fixture.read { read throws(StoreError) in
      try blobs.file(id, in: project, read)
    }
    return try file.map { String(decoding: try $0.read(from: 0, size: 1 << 20), as: UTF8.self) }
  }

  private func isHeld(_ id: BlobID, by run: RunID) throws -> Bool {
    try fixture.read { read throws(StoreError) in try read.blobIsHeld(id, by: run) }
  }

  private func remove(_ run: RunID) throws {
    try fixture.finish(run)
    #expect(try fixture.write { write throws(StoreError) in try write.runsRemove([run]) } == 1)
  }

  private var files: [String] { fixture.folder.names(in: "blobs/acme") }

  @Test func `one content is one file, whoever keeps it, until nobody does`() throws {
    let (first, second) = (try run, try run)
    let id = try keep("hello", for: first)
    #expect(try keep("hello", for: second) == id)
    #expect(files == [id.hash])
    #expect(try content(id) == "hello")

    try remove(first)
    #expect(try blobs.sweep(orphans: false, nowMS: 1 << 40) == BlobStore.Swept())
    #expect(try content(id) == "hello")
    try remove(second)
    let swept = try blobs.sweep(orphans: false, nowMS: 1 << 40)
    #expect(swept.blobs == 1 && swept.bytes == 5)
    #expect(try files == [] && content(id) == nil)
  }

  @Test func `a run holds in the journal's segments too, until it is not kept any more`() throws {
    let run = try run
    let id = try keep("hello", for: run)
    try fixture.finish(run)
    let archive = Archive(fixture.store)
    #expect(try archive.step(nowMS: 100_000) == 1)
    #expect(try blobs.sweep(orphans: true, nowMS: 1 << 40) == BlobStore.Swept())
    var policy = RetentionPolicy.standard
    policy.forMS = 1
    #expect(try archive.retain(policy, nowMS: 1 << 40).runs == 1)
    #expect(try blobs.sweep(orphans: false, nowMS: 1 << 40).blobs == 1)
    #expect(try files == [] && content(id) == nil)
  }

  @Test func `a blob is of its project, and another one has none of that name`() throws {
    let id = try keep("hello", for: run)
    #expect(try content(id, in: "other") == nil)
  }

  @Test func `what was made a moment ago is spared, for somebody is about to name it`() throws {
    let id = try keep("hello", for: run)
    try fixture.write { write throws(StoreError) in try write.blobsLetGo(of: RunID(1)) }
    #expect(try fixture.read { read throws(StoreError) in try read.blobsUnheld(madeBefore: 0) } == [])
    #expect(try blobs.sweep(orphans: false, nowMS: 1_000).blobs == 0)
    #expect(try content(id) == "hello")
    #expect(try blobs.sweep(orphans: false, nowMS: 100_000).blobs == 1)
  }

  @Test func `an element of a list holds for the run whose list it is`() throws {
    let parent = try run
    let children = try fixture.write { write throws(StoreError) in
      try write.childrenInsert(
        parent: parent, step: 0, scope: "{}", items: ["1", "2"], waits: true, nowMS: 1)
    }
    let id = try keep("of an element", for: children[0])
    #expect(try isHeld(id, by: parent) && isHeld(id, by: children[1]))
    #expect(try !isHeld(id, by: run))
  }

  @Test func `a started run holds what its event names, if its starter did`() throws {
    let (starter, stranger, started) = (try run, try run, try run)
    let (own, others) = (try keep("own", for: starter), try keep("others", for: stranger))
    let event = #"{"a":{"blob":"\#(own)"},"b":["\#(others)"],"c":"sha256-0"}"#
    try fixture.write { write throws(StoreError) in
      try write.blobsHandOver(from: starter, to: started, event: event)
    }
    #expect(try isHeld(own, by: started) && !isHeld(others, by: started))
  }

  @Test func `an entry of the gallery holds its blob`() throws {
    let maker = try run
    let id = try keep("logo", for: maker)
    let schema = RecordSchema(CollectionManifest.media)
    let record = fixture.store.recordIDs.reserve()
    try fixture.write { write throws(StoreError) in
      _ = try write.recordsApply(
        "acme",
        [
          RecordWrite(
            .put, schema, id: record, expectation: .new,
            fields: ["name": "logo", "blob": .text(id.text)])
        ], nowMS: 1)
    }
    try remove(maker)
    #expect(try blobs.sweep(orphans: true, nowMS: 1 << 40) == BlobStore.Swept())
    try fixture.write { write throws(StoreError) in
      _ = try write.recordsApply(
        "acme", [RecordWrite(.remove, schema, id: record, expectation: .any)], nowMS: 2)
    }
    #expect(try blobs.sweep(orphans: true, nowMS: 1 << 40).blobs == 1)
  }

  @Test func `what a crash leaves is removed, and nothing else`() throws {
    let id = try keep("hello", for: run)
    let mine = try blobs.begin()
    try mine.append(Array("under way".utf8)[...])
    let lost = BlobID(hash: String(repeating: "ab", count: 32))
    for name in ["blobs/acme/\(lost.hash)", "blobs/acme/rubbish", "blobs/.incoming/1-1"] {
      fixture.folder.write("left behind", to: name)
    }
    let swept = try blobs.sweep(orphans: true, nowMS: 0)
    #expect(swept.orphans == 3 && swept.blobs == 0)
    #expect(files == [id.hash])
    #expect(fixture.folder.names(in: "blobs/.incoming").count == 1)
    let kept = try blobs.keep(mine, in: "acme", for: run, nowMS: 0)
    #expect(try content(kept.id) == "under way")
  }

  @Test func `what is held again between two looks stays`() throws {
    let run = try run
    let id = try keep("hello", for: run)
    try fixture.write { write throws(StoreError) in try write.blobsLetGo(of: run) }
    let unheld = try fixture.read { read throws(StoreError) in
      try read.blobsUnheld(madeBefore: 1 << 40)
    }
    #expect(unheld.map(\.id) == [id])
    let gone = try fixture.write { write throws(StoreError) in
      try write.blobHold(id, by: run)
      return try write.blobsForget(unheld, madeBefore: 1 << 40)
    }
    #expect(gone == [])
  }

  @Test func `nothing is removed while everything is copied, and new ones come`() throws {
    let run = try run
    let id = try keep("hello", for: run)
    try remove(run)
    let elsewhere = TemporaryFolder()
    let archive = Archive(fixture.store)
    let other = try self.run
    try blobs.backup(to: elsewhere("copy")) { () throws(StoreError) in
      try archive.backup(to: elsewhere("copy"))
      #expect(try blobs.sweep(orphans: true, nowMS: 1 << 40) == BlobStore.Swept())
      _ = try keep("meanwhile", for: other)
    }
    #expect(elsewhere.names(in: "copy/blobs/acme") == [id.hash])
    #expect(try blobs.sweep(orphans: true, nowMS: 1 << 40).blobs == 1)
  }

  @Test func `a draft that nobody keeps leaves nothing`() throws {
    do {
      let draft = try blobs.begin()
      try draft.append([1, 2, 3])
    }
    #expect(fixture.folder.names(in: "blobs/.incoming") == [])
  }

  private func inode(of path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  @Test(arguments: [true, false])
  func `what another wrote cannot be changed by it afterwards`(_ holdsOn: Bool) throws {
    let draft = try blobs.begin()
    let writer = try draft.duplicate()
    #expect(write(writer, "first", 5) == 5)
    if !holdsOn { close(writer) }
    let written = try #require(inode(of: draft.path))
    let kept = try blobs.keep(saved: draft, in: "acme", for: run, nowMS: 0)
    if holdsOn {
      #expect(pwrite(writer, "other", 5, 0) == 5)
      close(writer)
    }
    #expect(kept.size == 5)
    let stands = inode(of: blobs.path(of: kept.id, in: "acme"))
    #expect((stands == written) == !holdsOn, "it is copied only where it has to be")
    #expect(try content(kept.id) == "first")
    #expect(fixture.folder.names(in: "blobs/.incoming") == [])
    let looked = try BlobStore.faults(of: fixture.folder.path, digest: TestDigest.make)
    #expect(looked.checked == 1 && looked.faults == [])
  }

  @Test func `a project keeps so much and no more, and is told what to do`() throws {
    try fixture.write { write throws(StoreError) in
      try write.blobPut(
        "acme", BlobID(hash: String(repeating: "cd", count: 32)),
        bytes: StoreLimits.projectBlobBytes, nowMS: 0)
    }
    let error = try #require(throws: StoreError.self) { try keep("x", for: run) }
    #expect(error.code == .blobsFull && error.message.contains("remove media"))
    _ = try keep("x", for: run, in: "other")
  }

  @Test func `a blob is at most so large`() throws {
    let draft = try blobs.begin()
    let piece = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<100 { try draft.append(piece[...]) }
    let error = try #require(throws: StoreError.self) { try draft.append([1]) }
    #expect(error.code == .tooLarge && error.message.contains("100 MiB"))
  }

  @Test func `a missing, a cut and a changed file are told apart`() throws {
    let run = try run
    let ids = try ["one", "two", "three"].map { try keep($0, for: run) }
    unlink(fixture.folder("blobs/acme/\(ids[0].hash)"))
    fixture.folder.write("tw", to: "blobs/acme/\(ids[1].hash)")
    fixture.folder.write("thrEe", to: "blobs/acme/\(ids[2].hash)")
    let looked = try BlobStore.faults(of: fixture.folder.path, digest: TestDigest.make)
    #expect(looked.checked == 3 && looked.faults.count == 3)
    for (word, id) in [("missing", ids[0]), ("2 bytes", ids[1]), ("changed", ids[2])] {
      #expect(looked.faults.contains { $0.contains(id.hash) && $0.contains(word) }, "\(word)")
    }
    #expect(throws: StoreError.self) { try content(ids[0]) }
  }

  @Test func `a backup holds the blobs, and gives them back`() throws {
    let elsewhere = TemporaryFolder()
    let id = try keep("hello", for: run)
    let archive = Archive(fixture.store)
    try blobs.backup(to: elsewhere("copy")) { () throws(StoreError) in
      try archive.backup(to: elsewhere("copy"))
    }
    try Archive.restore(from: elsewhere("copy"), to: elsewhere("new"))
    try BlobStore.restore(from: elsewhere("copy"), to: elsewhere("new"))
    #expect(TestFile.text(of: elsewhere("new/blobs/acme/\(id.hash)")) == "hello")
    #expect(try BlobStore.faults(of: elsewhere("new"), digest: TestDigest.make).faults == [])
    unlink(elsewhere("copy/blobs/acme/\(id.hash)"))
    try Archive.restore(from: elsewhere("copy"), to: elsewhere("third"))
    let error = #expect(throws: StoreError.self) {
      try BlobStore.restore(from: elsewhere("copy"), to: elsewhere("third"))
    }
    #expect(error?.code == .damaged)
  }

  @Test(arguments: [
    ("sha256-" + String(repeating: "a", count: 64), true), ("sha256-", false), ("", false),
    ("sha256-" + String(repeating: "A", count: 64), false),
    ("sha256-" + String(repeating: "a", count: 63), false),
    ("sha256-" + String(repeating: "a", count: 65), false),
    ("sha256-../../" + String(repeating: "a", count: 58), false),
  ])
  func `a name is a digest and nothing else`(_ text: String, _ isName: Bool) {
    #expect((BlobID(text: text) != nil) == isName)
  }
}

/// Names that are told apart by content; no cryptography is needed here.
enum TestDigest {
  static let make: @Sendable () -> BlobDigest = {
    let state = State()
    return BlobDigest(
      add: { bytes in
        for byte in bytes { state.value = (state.value ^ UInt64(byte)) &* 0x100_0000_01B3 }
      },
      finish: {
        let digits = String(state.value, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
      })
  }

  private final class State { var value: UInt64 = 0xCBF2_9CE4_8422_2325 }
}

extension CollectionManifest {
  /// The gallery, as far as the store needs to know it.
  fileprivate static var media: CollectionManifest {
    var manifest = CollectionManifest(name: "media")
    manifest.fields = ["name", "blob"].map { CollectionField(name: $0, type: .text) }
    manifest.indexes = [["blob"]]
    return manifest
  }
}

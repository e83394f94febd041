// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Synchronization
import Testing
import Torture

@Suite struct SimulatedDiskTests {
  let disk = SimulatedDisk()

  private func open(
    _ change: (inout StoreSimulation) -> Void = { _ in }
  ) throws(StoreError) -> Store {
    var simulation = StoreSimulation(files: disk)
    change(&simulation)
    return try Store.openStepped(folder: "data", on: simulation)
  }

  private func put(_ name: ProjectID, _ store: Store, size: Int = 10) throws(StoreError) {
    let document = String(repeating: "x", count: size)
    try store.writeAndWait { write throws(StoreError) in
      try write.projectPut(name, document: document, nowMS: 1)
    }
  }

  private func names(_ store: Store) throws(StoreError) -> [ProjectID] {
    try store.readAndWait { read throws(StoreError) in try read.projectList() }
  }

  // MARK: Crashes

  @Test(arguments: 0..<20)
  func `what was acknowledged survives a crash, what was not is whole or absent`(block: Int) {
    for seed in (block * 17)..<(block * 17 + 17) {
      let trial = DiskTrial(seed: UInt64(seed))
      trial.run()
      #expect(trial.problem == nil, "seed \(seed)")
      #expect(trial.disk.counts.crashes == 3)
    }
  }

  @Test(arguments: [\StoreFaults.isUnsynced, \StoreFaults.tellsBeforeCommit])
  func `a store that tells too early is found out`(
    fault: WritableKeyPath<StoreFaults, Bool> & Sendable
  ) {
    var faults = StoreFaults()
    faults[keyPath: fault] = true
    let found = (0..<100 as Range<UInt64>).contains { seed in
      let trial = DiskTrial(seed: seed, faults: faults)
      trial.run()
      return trial.problem != nil
    }
    #expect(found)
  }

  @Test func `a copy holds what was there, survives a crash, and goes its own way`() throws {
    let first = try open()
    try put("before", first)
    first.close()
    let copy = SimulatedDisk(copying: disk)
    try put("after", try open())
    copy.crash(seed: 1)
    let second = try Store.openStepped(folder: "data", on: StoreSimulation(files: copy))
    #expect(try names(second) == ["before"])
    try put("other", second)
    #expect(try names(try open()) == ["after", "before"])
  }

  @Test func `the same seed loses the same writes`() {
    let trials = (0..<2).map { _ in DiskTrial(seed: 4_711) }
    for trial in trials { trial.run(rounds: 5) }
    #expect(trials[0].trace == trials[1].trace)
    #expect(trials[0].trace.count == 10)
  }

  @Test func `crashes of a synced store do drop and tear what was on its way`() {
    var dropped: Int64 = 0
    var torn: Int64 = 0
    for seed in 0..<20 as Range<UInt64> {
      let trial = DiskTrial(seed: seed)
      trial.run()
      dropped += trial.disk.counts.dropped
      torn += trial.disk.counts.torn
    }
    #expect(dropped > 0 && torn > 0)
  }

  @Test func `a torn or damaged end of the log loses no earlier commit`() throws {
    for damage in 0..<3 {
      let disk = SimulatedDisk()
      let store = try Store.openStepped(folder: "data", on: StoreSimulation(files: disk))
      for number in 0..<10 { try put(ProjectID("p\(number)"), store) }
      let size = try #require(disk.size(of: "data/main.db-wal"))
      try put("last", store)
      disk.crash(seed: 1)
      switch damage {
      case 0: disk.cut("data/main.db-wal", to: size + 1_000)
      case 1: disk.damage("data/main.db-wal", at: size + 40, [0xA5, 0xA5])
      default: disk.damage("data/main.db-wal", at: size, [UInt8](repeating: 0, count: 24))
      }
      let again = try Store.openStepped(folder: "data", on: StoreSimulation(files: disk))
      defer { again.close() }
      #expect(try names(again).count == 10)
    }
  }

  @Test func `a dead connection reaches nothing any more`() throws {
    let old = try open()
    try put("before", old)
    disk.crash(seed: 1)
    let new = try open()
    defer { new.close() }
    #expect(throws: StoreError.self) { try put("zombie", old) }
    old.stepCheckpoint()
    old.close()
    try put("after", new)
    #expect(try names(new) == ["after", "before"])
  }

  // MARK: Faults

  @Test func `a batch costs one sync, whatever it holds`() throws {
    let store = try open()
    defer { store.close() }
    try put("warm", store)
    let before = disk.counts.syncs
    for number in 0..<100 {
      store.write { write throws(StoreError) in
        try write.projectPut(ProjectID("p\(number)"), document: "{}", nowMS: 1)
      } completion: { _ in }
    }
    #expect(store.step())
    #expect(disk.counts.syncs == before + 1)
    #expect(try names(store).count == 101)
    #expect(!store.step())
  }

  @Test func `a full disk fails what is being written, keeps what was, and heals`() throws {
    let store = try open()
    defer { store.close() }
    try put("kept", store)
    disk.limit(Int(disk.counts.bytes) + 20_000)
    let failure = #expect(throws: StoreError.self) { try put("large", store, size: 200_000) }
    #expect(failure?.code == .commitFailed && failure?.message.contains("is full") == true)
    #expect(try names(store) == ["kept"])
    disk.limit(nil)
    try put("large", store, size: 200_000)
    disk.crash(seed: 3)
    let again = try open()
    defer { again.close() }
    #expect(try names(again) == ["kept", "large"])
  }

  @Test(arguments: [SimulatedDisk.Kinds.writes, .syncs])
  func `a disk that fails once loses nothing it acknowledged`(kinds: SimulatedDisk.Kinds) throws {
    for operation in 1...25 {
      let disk = SimulatedDisk()
      let store = try Store.openStepped(folder: "data", on: StoreSimulation(files: disk))
      disk.fail(kinds, at: operation)
      var told: Set<ProjectID> = []
      for number in 0..<12 {
        let name = ProjectID("p\(number)")
        if (try? put(name, store, size: 2_000)) != nil { told.insert(name) }
        if number % 3 == 2 { store.stepCheckpoint() }
      }
      #expect(told.count >= 11)
      disk.crash(seed: UInt64(operation))
      let again = try Store.openStepped(folder: "data", on: StoreSimulation(files: disk))
      defer { again.close() }
      #expect(told.subtracting(try names(again)).isEmpty, "operation \(operation)")
      #expect(try again.readAndWait { read throws(StoreError) in try read.storeFaults() } == [])
    }
  }

  @Test func `a busy database is waited for, and one that stays busy is told`() throws {
    let store = try open()
    defer { store.close() }
    disk.busy(5)
    try put("waited", store)
    disk.busy(100_000)
    let failure = #expect(throws: StoreError.self) { try put("refused", store) }
    #expect(failure?.code == .commitFailed)
    disk.busy(0)
    try put("later", store)
    #expect(try names(store) == ["later", "waited"])
  }

  @Test func `a start that the power fails in leaves nothing or a whole database`() throws {
    for operation in 1...60 {
      let disk = SimulatedDisk()
      disk.powerOff(at: operation)
      if let store = try? Store.openStepped(folder: "data", on: StoreSimulation(files: disk)) {
        withExtendedLifetime(store) {}
      }
      disk.crash(seed: UInt64(operation))
      let again = try Store.openStepped(folder: "data", on: StoreSimulation(files: disk))
      defer { again.close() }
      try put("first", again)
      #expect(try names(again) == ["first"])
    }
  }

  // MARK: Steps

  @Test func `nothing happens in a stepped store but in its steps`() throws {
    let store = try open()
    let told = Mutex<[String]>([])
    store.write { write throws(StoreError) in
      try write.projectPut("a", document: "{}", nowMS: 1)
    } completion: { _ in
      told.withLock { $0.append("written") }
    }
    store.read { read throws(StoreError) in
      try read.projectList().count
    } completion: { result in
      let count = (try? result.get()) ?? -1
      told.withLock { $0.append("read \(count)") }
    }
    #expect(told.withLock { $0 } == [] && store.queuedWrites == 1)
    #expect(store.stepRead() && !store.stepRead())
    #expect(store.step() && !store.step())
    #expect(told.withLock { $0 } == ["read 0", "written"])
    store.close()
    #expect(throws: StoreError.self) { try put("late", store) }
  }

  @Test func `two disks know nothing of each other`() throws {
    let other = SimulatedDisk()
    let store = try open()
    let second = try Store.openStepped(folder: "data", on: StoreSimulation(files: other))
    defer { store.close() }
    try put("a", store)
    try put("b", second)
    other.crash(seed: 1)
    try put("c", store)
    #expect(try names(store) == ["a", "c"])
  }
}

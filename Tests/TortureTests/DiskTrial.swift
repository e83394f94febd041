// SPDX-License-Identifier: Apache-2.0
// A store that is written to until the power fails, and what is found afterwards.
import Pipeline
import Store
import Synchronization
import Torture
import Values

/// Writes that may be told before others are asked for, on a disk whose power fails at an operation
/// the seed chooses, several times over.
final class DiskTrial: Sendable {
  /// What was written, and what its writer was told.
  private struct Written: Sendable {
    var batch: Int
    var document: String
    var isAcknowledged = false
  }

  private struct State: Sendable {
    var random: SeededRandom
    var written: [ProjectID: Written] = [:]
    var batch = 0
    var problem: String?
    /// One line for each thing that happened, to compare two runs of a seed.
    var trace: [String] = []
  }

  let disk = SimulatedDisk()
  private let faults: StoreFaults
  private let state: Mutex<State>
  private static let folder = "data"

  init(seed: UInt64, faults: StoreFaults = StoreFaults()) {
    self.faults = faults
    state = Mutex(State(random: SeededRandom(seed: seed)))
  }

  var problem: String? { state.withLock { $0.problem } }
  var trace: [String] { state.withLock { $0.trace } }

  private func choose(_ bound: Int) -> Int { state.withLock { $0.random.below(bound) } }

  /// Opens, writes until the power fails, and looks at what is left; `rounds` times.
  func run(rounds: Int = 3) {
    for _ in 0..<rounds where problem == nil {
      disk.powerOff(at: 1 + choose(80))
      if let store = try? open() { write(to: store) }
      let seed = UInt64(choose(1 << 30))
      disk.crash(seed: seed)
      inspect()
    }
  }

  private func open() throws(StoreError) -> Store {
    var simulation = StoreSimulation(files: disk)
    simulation.faults = faults
    simulation.logPages = Int32(10 + choose(60))
    return try Store.openStepped(folder: DiskTrial.folder, on: simulation)
  }

  private func write(to store: Store) {
    for _ in 0..<200 where !disk.isOff {
      state.withLock { $0.batch += 1 }
      for _ in 0...choose(4) { writeOne(to: store) }
      _ = store.step()
      if choose(6) == 0 { store.stepCheckpoint() }
    }
  }

  private func writeOne(to store: Store) {
    let name = ProjectID("p\(state.withLock { $0.written.count })")
    let size = choose(10) == 0 ? 20_000 : 200
    let document = String(repeating: "x", count: 1 + choose(size))
    state.withLock { $0.written[name] = Written(batch: $0.batch, document: document) }
    store.write { write throws(StoreError) in
      try write.projectPut(name, document: document, nowMS: 1)
    } completion: { result in
      if case .success = result {
        self.state.withLock { $0.written[name]?.isAcknowledged = true }
      }
    }
  }

  /// What was acknowledged is there; of the rest, whole batches are.
  private func inspect() {
    let found: [(ProjectID, String)]
    do throws(StoreError) {
      let store = try open()
      defer { store.close() }
      let faults = try store.readAndWait { read throws(StoreError) in try read.storeFaults() }
      if let fault = faults.first { note("the database is damaged: \(fault)") }
      found = try store.readAndWait { read throws(StoreError) in
        var rows: [(ProjectID, String)] = []
        for name in try read.projectList() { rows.append((name, try read.projectGet(name) ?? "")) }
        return rows
      }
    } catch {
      return note("the store does not open: \(error)")
    }
    compare(Dictionary(uniqueKeysWithValues: found))
  }

  private func compare(_ found: [ProjectID: String]) {
    state.withLock { state in
      var batches: [Int: Set<Bool>] = [:]
      for (name, written) in state.written {
        let isThere = found[name] != nil
        batches[written.batch, default: []].insert(isThere)
        if let document = found[name], document != written.document {
          state.problem = "\(name) is not as it was written"
        }
        if written.isAcknowledged && !isThere {
          state.problem = "\(name) was acknowledged and lost"
        }
        // What is gone may come up again in no later round.
        if !isThere { state.written[name] = nil }
      }
      if batches.values.contains(where: { $0.count > 1 }) {
        state.problem = "half a batch is there"
      }
      if let name = found.keys.first(where: { state.written[$0] == nil }) {
        state.problem = "\(name) is there and nobody wrote it"
      }
      for name in found.keys { state.written[name]?.isAcknowledged = true }
      let counts = disk.counts
      state.trace.append("\(found.count) of \(state.batch) \(counts.syncs) \(counts.writes)")
      state.trace.append("\(counts.dropped) dropped \(counts.torn) torn")
    }
  }

  private func note(_ problem: String) { state.withLock { $0.problem = $0.problem ?? problem } }
}

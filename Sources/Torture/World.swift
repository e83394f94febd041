// SPDX-License-Identifier: Apache-2.0
// A host under torture: the real engine, store and recordings; everything around them scripted.

import Engine
import Pipeline
import Scheduler
import Store
import Values

/// One seed's world. It owns every clock, every chance and every order of events, so the same seed
/// does the same again.
///
/// **Isolation** one thread.
final class World: EngineDriver, @unchecked Sendable {
  // Safe because: one thread runs a seed, and completions come on it, out of its mailbox.

  let project: SimulatedProject
  /// As it was before the first event.
  let folder: SimulatedFolder
  let fault: SimulatedFault?
  let disk: SimulatedDisk
  var random: SeededRandom
  var clock = SimulatedClock()
  var outside = Outside()
  var witness = Witness()
  /// What happened, folded into a number: the same for the same seed.
  private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
  /// What happened, line by line.
  private(set) var story: [String] = []
  var keepsStory = false
  private(set) var turns = 0
  private(set) var crashes = 0
  /// Set once nothing new comes and nothing fails any more.
  var isResting = false

  // The host, gone with a crash.
  var store: Store
  var engine = Engine()
  var mailbox: Mailbox
  var timers = SimulatedTimers()
  var incarnation: Int64 = 0
  var keptState: JSONValue = .null
  var library = ConnectorLibrary()
  var standings: [RunID: RunStanding] = [:]
  var wakes: [RunID: Wake] = [:]
  var calls: [UInt64: SimulatedCall] = [:]
  /// In the order they were ordered.
  var openCalls: [UInt64] = []
  var resolves: [ResolveOrder] = []
  /// Answers that come once more.
  var echoes: [(RunID, AttemptNumber, CallReport)] = []
  var isStopping = false
  /// Whether a person has disabled the plugin with a rate.
  var isMeterDisabled = false

  // Known outside, for the documents never change.
  let kinds: [ConnectorID: SimulatedConnector]
  /// The event of a run, by what is on disk.
  var facts: [RunID: SimulatedRun] = [:]
  /// How many entries of a run its host was told are on disk.
  var journalled: [RunID: Int] = [:]
  var lastTicket: UInt64 = 0
  /// Runs that had ended long ago when retention looked, and may be gone.
  var removable: [RunID: Promises] = [:]
  let eventCount: Int

  init(
    seed: UInt64, project: SimulatedProject, folder: SimulatedFolder, fault: SimulatedFault?
  ) throws(StoreError) {
    self.project = project
    self.folder = folder
    self.fault = fault
    disk = folder.copy()
    kinds = Dictionary(uniqueKeysWithValues: folder.connectors.map { ($0.value, $0.key) })
    random = SeededRandom(seed: seed)
    eventCount = 6 + random.below(9)
    mailbox = Mailbox()
    store = try World.open(disk, fault, logPages: 20 + random.below(200), mailbox)
    try goOn()
  }

  /// Folds in what happened, and keeps it as a line where somebody wants to read the story.
  func note(_ word: String, _ number: Int64 = 0, _ detail: @autoclosure () -> String = "") {
    if keepsStory { story.append("\(turns) \(clock.wall) \(word) \(number) \(detail())") }
    for byte in word.utf8 { trace = (trace ^ UInt64(byte)) &* 0x100_0000_01B3 }
    trace = (trace ^ UInt64(bitPattern: number)) &* 0x100_0000_01B3
  }

  // MARK: a seed's life

  /// Everything from the first event to the rest after the last.
  func run() {
    while turns < 600, witness.problem == nil { turn() }
    rest()
    if witness.problem == nil { Reckoning(self).reckon() }
    if let ticket = witness.tickets.min() { witness.object("cancel \(ticket) is never answered") }
    letGo()
  }

  /// What is still queued holds on to this world.
  private func letGo() {
    while store.step() || store.stepRead() {}
    mailbox.clear()
    timers.clear()
  }

  /// One thing of all that may happen next.
  private func turn() {
    turns += 1
    if disk.isOff { return crash() }
    switch random.below(100) {
    case 0..<8: accept()
    case 8..<10: repeatEvent()
    case 10..<14: tell()
    case 14..<34: if !store.step() { deliver() }
    case 34..<42: if !store.stepRead() { deliver() }
    case 42..<66: deliver()
    case 66..<84: answer()
    case 84..<89: passTime()
    case 89: random.once(in: 2) ? message() : moveDelay()
    case 90: cancelSome()
    case 91: random.once(in: 2) ? retry() : cancelSome()
    case 92: random.once(in: 2) ? store.stepCheckpoint() : toggleMeter()
    case 93: random.once(in: 4) ? retain() : tidy()
    case 94: setClock()
    case 95..<97: trouble()
    case 97: disk.powerOff(at: 1 + random.below(30))
    case 98: if random.once(in: 3) { crash() }
    default: if random.once(in: 3) { restart() }
    }
  }

  /// No more events and no more faults: everything that is under way comes to its end.
  private func rest() {
    isResting = true
    calm()
    if isMeterDisabled { toggleMeter() }
    if disk.isOff { crash() }
    var idle = 0
    var quietSince = clock.monotonic
    while witness.problem == nil {
      turns += 1
      guard turns < 30_000 else { return witness.object("it does not come to rest: \(unfinished)") }
      let moved = store.step() || store.stepRead() || deliver() || answer()
      idle = moved ? 0 : idle + 1
      if moved {
        quietSince = clock.monotonic
        continue
      }
      // Longer than a recording waits after the disk refused it.
      if idle > 4, clock.monotonic - quietSince > 3_000_000_000 { lookForDue() }
      if idle % 20 == 0 {
        // The engine may still look out for the time of a run that was cancelled.
        guard !unfinishedRuns.isEmpty else { return }
        skipTime()
      }
      guard idle < 3_000 else { 
        return witness.object("time passes and nothing happens: \(unfinished)")
      }
      guard passToNextWake() else { return }
    }
  }

  private var unfinishedRuns: [RunRow] {
    (try? store.readAndWait { read throws(StoreError) in try read.runListUnfinished() }) ?? []
  }

  /// The runs that have not ended, each with what it waits for.
  private var unfinished: String {
    let texts = unfinishedRuns.map { row in
      let standing = engine.explain(row.id, at: clock.time).map { "\($0)" } ?? "-"
      return "run \(row.id) \(row.state.rawValue) due \(row.dueAt ?? 0) \(row.wake) \(standing)"
    }
    return "at \(clock.wall): " + texts.joined(separator: "; ")
  }

  func calm() {
    disk.powerOff(at: nil)
    disk.fail([], at: 0)
    disk.limit(nil)
    disk.busy(0)
  }

  // MARK: chance

  private func trouble() {
    switch random.below(4) {
    case 0: disk.fail([.writes, .syncs], at: 1 + random.below(6))
    case 1: disk.limit(Int(disk.counts.bytes) + random.below(40_000))
    case 2: disk.limit(nil)
    default: disk.busy(random.below(200))
    }
    note("trouble")
  }

  private func setClock() {
    let hours = Int64(random.below(5)) - 2
    clock.jump(byMS: hours * 3_600_000 + Int64(random.below(4_000)) - 2_000)
    note("clock", clock.wall)
    // What a host that starts finds of its rates was measured on the clock as it was before.
    if !engine.knowsItsPast { witness.forgetRates() }
  }

  /// A person disables the plugin with a rate, or enables it again.
  private func toggleMeter() {
    isMeterDisabled.toggle()
    note("toggled", isMeterDisabled ? 1 : 0)
    configure()
  }

  private func passTime() {
    if random.once(in: 2), passToNextWake() { return }
    clock.advance(byMS: random.below(3_000))
    wakeInTime()
  }

  /// Lets time pass to exactly when the engine wants to look again.
  private func passToNextWake() -> Bool {
    guard let time = timers.next else { return false }
    clock.advance(to: time)
    wakeInTime()
    return true
  }

  /// The engine has looked at the clock several times, nothing is under way, and a run is due for
  /// longer than it is between two looks.
  private func lookForDue() {
    let now = clock.wall - 1_000
    let due = try? store.readAndWait { read throws(StoreError) in
      try read.runListDue(nowMS: now, limit: 1).runs.first
    }
    guard let run = due ?? nil, let time = run.dueAt else { return }
    witness.object("run \(run.id) is due since \(clock.wall - time) ms and nothing happens")
  }

  /// Somebody sets the wall clock to a little before the next run is due: nothing else happens in
  /// the hours that a clock set back has made out of seconds.
  private func skipTime() {
    let due = try? store.readAndWait { read throws(StoreError) in
      try read.runListDue(nowMS: .min, limit: 1).next
    }
    guard let due = due ?? nil, due - clock.wall > 5_000 else { return }
    clock.jump(byMS: due - clock.wall - 5_000)
    note("skip", clock.wall)
  }

  private func wakeInTime() {
    while let body = timers.pop(until: clock.monotonic) { body() }
  }

  private func cancelSome() {
    guard !facts.isEmpty else { return }
    let runs = facts.keys.sorted()
    let run = random.pick(runs)
    note("cancel", run.rawValue)
    feed(.cancel(run, reason: "somebody said so", ticket: makeTicket()))
  }

  func countCrash() { crashes += 1 }
}

/// What is known of a run from its row and its event.
struct SimulatedRun {
  let kind: SimulatedConnector
  let event: JSONValue
  let origin: RunID?
  /// The run it goes through an element of.
  var parent: RunID?

  /// What its runs are ordered by.
  var line: String? { kind == .ordered ? event["contact"]?.asText : nil }
}

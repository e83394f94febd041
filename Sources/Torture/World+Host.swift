// SPDX-License-Identifier: Apache-2.0
// A host that starts, is stopped, and crashes.

import Engine
import Pipeline
import Scheduler
import Store
import Values

extension World {
  static func open(
    _ disk: SimulatedDisk, _ fault: SimulatedFault?, logPages: Int, _ mailbox: Mailbox
  ) throws(StoreError) -> Store {
    var simulation = StoreSimulation(files: disk)
    simulation.faults = fault?.store ?? StoreFaults()
    simulation.logPages = Int32(logPages)
    return try Store.openStepped(folder: SimulatedFolder.path, on: simulation) {
      mailbox.put($0)
    }
  }

  /// Opens the folder and goes on with what is unfinished.
  private func start() throws(StoreError) {
    mailbox = Mailbox()
    store = try World.open(disk, fault, logPages: 20 + random.below(200), mailbox)
    try goOn()
  }

  /// Goes on with what is unfinished in the store that was opened.
  func goOn() throws(StoreError) {
    incarnation = try store.writeAndWait { write throws(StoreError) in
      try write.incarnationNext()
    }
    library = ConnectorLibrary()
    for (kind, id) in folder.connectors {
      if let connector = project.connectors[kind] { library.put(connector, as: id, version: 1) }
    }
    engine = Engine(limits: limits(), faults: fault?.engine ?? [])
    configure()
    keptState = .null
    begin(resuming: true) {}
  }

  func configure() {
    let rules = isMeterDisabled ? project.rulesWithoutMeter : project.rules
    feed(.configured(SimulatedProject.id, rules))
  }

  /// Small ones, so that a few runs meet every limit.
  private func limits() -> EngineLimits {
    var limits = EngineLimits()
    limits.liveRuns = 3 + random.below(20)
    limits.claimPage = 1 + random.below(4)
    return limits
  }

  /// Everything in memory is gone, and of the disk what was not synced.
  func crash() {
    note("crash")
    countCrash()
    // What was told before the power failed may have been acted upon.
    if random.once(in: 2) { while deliver() {} }
    let old = store
    disk.crash(seed: random.next())
    forgetHost()
    witness.forgetRates()
    clock.advance(byMS: 10 + random.below(20_000))
    clock.reboot()
    if random.once(in: 4), !isResting { disk.powerOff(at: 1 + random.below(20)) }
    comeBack()
    // Whatever the dead host still writes reaches nothing.
    _ = old.step()
  }

  /// Stops as a signal asks for, and starts again.
  func restart() {
    note("stop")
    isStopping = true
    feed(.stop)
    var left = 500
    while left > 0, !engine.isAtRest, !disk.isOff {
      left -= 1
      if !store.step() && !deliver() && !answer() { break }
    }
    if disk.isOff || !engine.isAtRest { return crash() }
    keepState(then: {})
    let kept = keptState == .null ? nil : keptState.json
    // Whoever asked something is still answered, and that the disk refused is told too.
    while !disk.isOff, store.step() || deliver() {}
    if disk.isOff { return crash() }
    store.close()
    forgetHost()
    comeBack()
    // The disk may have refused it.
    let stored = try? store.readAndWait { read throws(StoreError) in
      try read.engineStateGet(engineStateName)
    }
    if let kept, (stored ?? nil) != kept { witness.forgetRates() }
  }

  private func forgetHost() {
    timers.clear()
    standings = [:]
    wakes = [:]
    calls = [:]
    openCalls = []
    resolves = []
    echoes = []
    isStopping = false
    witness.crashed()
  }

  /// Starts until a start survives.
  private func comeBack() {
    for attempt in 0..<6 {
      // Whoever starts it again has freed some space meanwhile.
      if attempt > 2 { calm() }
      do throws(StoreError) {
        try start()
        return Reckoning(self).reckonAfterCrash()
      } catch {
        if attempt == 5 { witness.object("the host does not start: \(error)") }
        countCrash()
        disk.crash(seed: random.next())
        forgetHost()
      }
    }
  }
}

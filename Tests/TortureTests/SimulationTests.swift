// SPDX-License-Identifier: Apache-2.0
import Testing
import Torture

@Suite struct SimulationTests {
  @Test(arguments: 0..<20)
  func `whatever goes wrong, nothing that was promised is broken`(block: Int) throws {
    let failure = try Simulation().firstFailure(from: UInt64(block * 25), count: 25)
    #expect(failure == nil, "seed \(failure?.seed ?? 0): \(failure?.problem ?? "")")
  }

  /// A run was cancelled while it was parked for news that had been there before it.
  @Test func `a seed that broke a promise once breaks none`() throws {
    #expect(try Simulation().run(seed: 21_819).problem == nil)
  }

  @Test(arguments: SimulatedFault.allCases)
  func `a deliberate fault is found within 500 seeds, and its seed fails again`(
    fault: SimulatedFault
  ) throws {
    let simulation = try Simulation(fault: fault)
    let failure = try #require(
      try simulation.firstFailure(from: 0, count: 500), "\(fault.rawValue) was not found")
    let again = try simulation.run(seed: failure.seed)
    #expect(again == failure)
    // It is the fault that is found, not the seed.
    #expect(try Simulation().run(seed: failure.seed).problem == nil)
  }

  @Test func `the same seed makes the same world`() throws {
    let first = try Simulation().run(seed: 4_711, story: true)
    let second = try Simulation().run(seed: 4_711, story: true)
    #expect(first == second)
    #expect(first.story.count > 50)
    #expect(try Simulation().run(seed: 4_712).trace != first.trace)
  }

  /// A simulation in which nothing went wrong would prove nothing.
  @Test func `it meets every kind of mishap it tells of`() throws {
    var missing: Set<String> = [
      " crash ", " stop ", " clock ", " trouble ", " move ", " message ", " sent ", " cancelled ",
      " left ", " refused ", " archived ", "superseded", "lostRace", " due(", " resumed", " moved",
      " message(", " children(", "collateral", "unknown", "timeout",
      " toggled ", " retried ", "0-0-f1 ", " tell ", " news(",
    ]
    let simulation = try Simulation()
    var seed: UInt64 = 0
    while !missing.isEmpty && seed < 100 {
      for line in try simulation.run(seed: seed, story: true).story {
        missing = missing.filter { !line.contains($0) }
      }
      seed += 1
    }
    #expect(missing == [])
  }

  @Test func `an unknown fault is told with the names there are`() {
    #expect(SimulatedFault(rawValue: "nothing") == nil)
    let message = TortureError.unknownFault("nothing").description
    #expect(message.contains("\"nothing\"") && message.contains("synchronous_off"))
  }
}

// SPDX-License-Identifier: Apache-2.0
// The engine under every order of answers a seed can make, crashes and clock jumps included.
import Testing

@testable import Engine

@Suite struct EngineSimulationTests {
  @Test(arguments: 0..<20)
  func `no law is broken whatever the order of answers`(block: Int) throws {
    for seed in (block * 20)..<(block * 20 + 20) {
      let law = try Self.broken(UInt64(seed))
      #expect(law == nil, "seed \(seed): \(law ?? "")")
    }
  }

  @Test func `the same seed makes the same decisions`() throws {
    for seed in UInt64(4_711)..<4_716 {
      var first = try SimulatedWorld(seed: seed)
      var second = try SimulatedWorld(seed: seed)
      try first.run()
      try second.run()
      #expect(first.trace == second.trace)
      #expect(!first.trace.isEmpty)
    }
  }

  /// The simulation is itself tested: it must find each of these mistakes.
  @Test(arguments: [
    EngineFaults.dueIsStrict, .ignoresCancelAfterWake, .firesTimerTwice, .breaksFIFOOnRetry,
    .skipsSerialKeys, .doesNotHoldLocksOverRetry, .startsCallBeforeRecording, .wakesEarly,
    .forgetsAttempts,
  ])
  func `a deliberate fault is found within 200 seeds`(fault: EngineFaults) throws {
    let found = try (0..<200).contains { try Self.broken(UInt64($0), fault) != nil }
    #expect(found, "fault \(fault.rawValue) stays unseen")
  }

  private static func broken(_ seed: UInt64, _ faults: EngineFaults = []) throws -> String? {
    var world = try SimulatedWorld(seed: seed, faults: faults)
    do {
      try world.run()
      return nil
    } catch {
      return error.law
    }
  }
}

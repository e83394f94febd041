// SPDX-License-Identifier: Apache-2.0
// Seeds, one after the other.

import Pipeline
import Store

/// What became of one seed.
package struct SimulationReport: Sendable, Hashable {
  package let seed: UInt64
  /// The first promise that was broken; nil when none was.
  package let problem: String?
  /// Two runs of the same seed have the same.
  package let trace: UInt64
  package let turns: Int
  package let crashes: Int
  package let runs: Int
  /// **Shape** `turn time word number detail`, a line for each thing that happened.
  package let story: [String]
}

/// The simulation: a host in a world where everything goes wrong that can, and nothing promised
/// outside may be broken.
///
/// **Isolation** any thread; each seed is a world of its own.
package struct Simulation: Sendable {
  private let fault: SimulatedFault?
  private let project: SimulatedProject
  private let folder: SimulatedFolder

  /// **Throws** `TortureError` where the documents of the simulation are not the product's any more
  package init(fault: SimulatedFault? = nil) throws {
    self.fault = fault
    project = try SimulatedProject()
    folder = try SimulatedFolder(project)
  }

  /// Runs one seed from its first event to the rest after its last.
  ///
  /// **Throws** only where the simulation itself cannot be set up.
  /// - Parameter story: whether the report tells line by line what happened.
  package func run(seed: UInt64, story: Bool = false) throws -> SimulationReport {
    let world = try World(seed: seed, project: project, folder: folder, fault: fault)
    world.keepsStory = story
    world.run()
    return SimulationReport(
      seed: seed, problem: world.witness.problem, trace: world.trace, turns: world.turns,
      crashes: world.crashes, runs: world.facts.count, story: world.story)
  }

  /// The first seed that breaks a promise, of those from `first` on; nil when none does.
  package func firstFailure(from first: UInt64, count: Int) throws -> SimulationReport? {
    for seed in first..<(first + UInt64(count)) {
      let report = try run(seed: seed)
      if report.problem != nil { return report }
    }
    return nil
  }
}

// SPDX-License-Identifier: Apache-2.0
// Reports as JSON, and the sum of many.

import Values

/// What many seeds came to.
package struct SimulationTotals: Sendable, Hashable {
  package private(set) var seeds = 0
  package private(set) var crashes = 0
  package private(set) var runs = 0
  package private(set) var turns = 0

  package init() {}

  package mutating func add(_ report: SimulationReport) {
    seeds += 1
    crashes += report.crashes
    runs += report.runs
    turns += report.turns
  }

  /// **Shape** `{seeds, crashes, runs, turns}`
  package var value: JSONValue {
    [
      "seeds": .integer(Int64(seeds)), "crashes": .integer(Int64(crashes)),
      "runs": .integer(Int64(runs)), "turns": .integer(Int64(turns)),
    ]
  }
}

extension SimulationReport {
  /// **Shape** `{seed, problem, crashes, runs, turns, story}`
  package var value: JSONValue {
    [
      "seed": .integer(Int64(clamping: seed)), "problem": problem.map { .text($0) } ?? .null,
      "crashes": .integer(Int64(crashes)), "runs": .integer(Int64(runs)),
      "turns": .integer(Int64(turns)), "story": .list(story.map { .text($0) }),
    ]
  }
}

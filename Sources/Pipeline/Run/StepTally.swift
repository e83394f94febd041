// SPDX-License-Identifier: Apache-2.0
// What a run adds to the statistics of a step.

/// How often each thing happened at a step since the last recording.
///
/// **Source** spec/engine.md, Steps. How many wait there is the store's to know.
package struct StepTally: Sendable, Hashable {
  package var step: StepID
  /// The run came to it; not the runs of its elements.
  package var entered = 0
  /// No filter, no late delay and no missing message ended it: it succeeded or failed.
  package var passed = 0
  package var filtered = 0
  /// The run was ended in it from outside.
  package var cancelled = 0
  /// All its components have run, or one of them stopped the run.
  package var succeeded = 0
  /// The run failed in it, or left it by the `goto` of a fallback.
  package var failed = 0

  package init(step: StepID) { self.step = step }
}

extension RunProgress {
  /// What is to be added to the statistics with the next recording; it is handed out once.
  package mutating func takeTallies() -> [StepTally] {
    let taken = tallies
    if !taken.isEmpty { tallies = [] }
    return taken
  }

  mutating func tally(_ step: StepID, _ change: (inout StepTally) -> Void) {
    guard facts.child == nil else { return }
    if tallies.last?.step != step { tallies.append(StepTally(step: step)) }
    change(&tallies[tallies.count - 1])
  }

  /// Sets how a step stands, and counts it.
  mutating func mark(_ step: StepID, _ status: StepStatus) {
    // Writing what stands there already would copy the table.
    guard steps[step] != status else { return }
    steps[step] = status
    guard facts.child == nil, status != .skipped else { return }
    tally(step) { tally in
      switch status {
      case .running: tally.entered += 1
      case .filtered: tally.filtered += 1
      case .passed, .stopped:
        tally.passed += 1
        tally.succeeded += 1
      case .failed:
        tally.passed += 1
        tally.failed += 1
      case .skipped: break
      }
    }
  }
}

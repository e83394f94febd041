// SPDX-License-Identifier: Apache-2.0
// What the bodies of a batch add to the statistics of steps.

import Pipeline

/// Sums that are written once for a batch, in its transaction: the runs of one connector count the
/// same few rows, and a row written by every body was a fifth of the writer's time.
struct GatheredCounts {
  /// A row of the statistics.
  struct Place: Hashable {
    let connector: ConnectorID
    let step: String
  }

  /// In the order they were first counted, so that the same bodies always write the same.
  private(set) var sums: [(place: Place, counts: StepCounts)] = []
  private var indexes: [Place: Int] = [:]
  /// Of the body that runs; it may still be taken back.
  private var ofBody: [(place: Place, counts: StepCounts)] = []

  mutating func add(_ counts: StepCounts, to place: Place) { ofBody.append((place, counts)) }

  /// The body stands: what it counted goes with the batch.
  mutating func bodyEnds() {
    for (place, counts) in ofBody {
      if let index = indexes[place] {
        sums[index].counts += counts
      } else {
        indexes[place] = sums.count
        sums.append((place, counts))
      }
    }
    ofBody.removeAll(keepingCapacity: true)
  }

  mutating func bodyFails() { ofBody.removeAll(keepingCapacity: true) }

  mutating func removeAll() {
    sums.removeAll(keepingCapacity: true)
    indexes.removeAll(keepingCapacity: true)
    ofBody.removeAll(keepingCapacity: true)
  }
}

extension StepCounts {
  fileprivate static func += (sum: inout StepCounts, more: StepCounts) {
    sum.entered += more.entered
    sum.passed += more.passed
    sum.filtered += more.filtered
    sum.waiting += more.waiting
    sum.cancelled += more.cancelled
    sum.succeeded += more.succeeded
    sum.failed += more.failed
  }
}

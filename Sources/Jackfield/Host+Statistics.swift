// SPDX-License-Identifier: Apache-2.0
// How often each thing happened at the steps of a connector.
import Pipeline
import Store
import Values

/// The statistics of one step, over all versions of its connector.
public struct StepStatistics: Sendable {
  public let step: String
  /// The step's title; nil where it has none, or is in the current version no more.
  public let title: String?
  /// The names of the counts, in the order of `counts`.
  public static let names = [
    "entered", "passed", "filtered", "waiting", "cancelled", "succeeded", "failed",
  ]
  /// `waiting` is how many are there now; the others only grow.
  public let counts: [Int64]

  init(_ step: String, _ title: String?, _ counts: StepCounts) {
    self.step = step
    self.title = title
    self.counts = [
      counts.entered, counts.passed, counts.filtered, counts.waiting, counts.cancelled,
      counts.succeeded, counts.failed,
    ]
  }

  /// **Shape** `{step, title?, entered, passed, filtered, waiting, cancelled, succeeded, failed}`.
  public var value: JSONValue {
    var value: JSONObject = ["step": .text(step)]
    if let title { value["title"] = .text(title) }
    for (name, count) in zip(StepStatistics.names, counts) { value[name] = .integer(count) }
    return .object(value)
  }
}

extension Host {
  /// The statistics of a connector's steps, in their order; those of steps that a later version
  /// has no more come last.
  ///
  /// - Throws: `HostError`, code `unknown_connector`.
  public func statistics(
    of name: String, project: String
  ) throws(HostError) -> [StepStatistics] {
    let (row, connector) = try current(name, project: project)
    let counted = try reading { transaction throws(StoreError) in
      try transaction.stepCounts(row.id)
    }
    let steps = connector.steps.map { step in
      let counts = counted.first { $0.step == step.id.rawValue }?.counts
      return StepStatistics(step.id.rawValue, step.title, counts ?? StepCounts())
    }
    let gone = counted.filter { count in !connector.steps.contains { $0.id.rawValue == count.step } }
    return steps + gone.map { StepStatistics($0.step, nil, $0.counts) }
  }
}

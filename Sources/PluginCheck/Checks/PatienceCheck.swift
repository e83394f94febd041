// SPDX-License-Identifier: Apache-2.0
// Calls that are to end before they are done.

/// Cancels calls, and lets their time run out, while they wait for the host.
enum PatienceCheck {
  /// **Unit**: milliseconds. Long for a machine under load, short for a person who waits.
  private static let patience: Int64 = 3_000
  private static let budget: Int64 = 300

  static func cancel(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    try each(probe, .cancelling, budget: 60_000) { sample in
      .fail(
        "\(sample.name) was cancelled while it waited for the host, and had not returned "
          + "\(patience) ms later: return when a service answers \"cancelled\", and look at "
          + "`cancelled` in loops")
    }
  }

  static func budget(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    try each(probe, .silent, budget: budget) { sample in
      .fail(
        "\(sample.name) had \(budget) ms, its services answered \"deadline\", and it had not "
          + "returned \(patience) ms later: return when a service answers \"deadline\", and look "
          + "at `budget_ms` in loops")
    }
  }

  private static func each(
    _ probe: Probe, _ manner: CallScript.Manner, budget: Int64,
    late: (CallSample) -> CheckFinding
  ) throws(CheckStop) -> CheckFinding {
    for sample in probe.samples {
      // Opened and called on one thread, so that this one can lose its patience.
      let done = ProbeThread.run(milliseconds: patience) { () -> Result<Void, CheckStop> in
        Result { () throws(CheckStop) in
          let plugin = try OpenPlugin(probe, services: Probe.allServices)
          _ = plugin.call(sample, manner, budgetMS: budget)
          if case .cancelling = manner {
            _ = plugin.call(sample, manner, budgetMS: budget, isCancelled: true)
          }
          plugin.close()
        }
      }
      guard let done else { return late(sample) }
      try done.get()
    }
    return .pass
  }
}

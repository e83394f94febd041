// SPDX-License-Identifier: Apache-2.0
// Calls from many threads.

import Values

/// Calls every sample on threads other than the one that opened the plugin.
enum ThreadsCheck {
  private static let rounds = 10

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    let samples = probe.samples
    let expected = samples.map { plugin.call($0) }
    // What changes by itself is not compared.
    let again = samples.map { plugin.call($0) }
    for (index, sample) in samples.enumerated() {
      let report = ProbeThread.run(count: 1) { _ in plugin.call(sample) }[0]
      let isSteady = expected[index].value == again[index].value
      if let problem = problem(report, expected[index], isSteady) {
        return .fail(
          "\(sample.name) on another thread than open's: \(problem): keep nothing that belongs to "
            + "one thread")
      }
    }
    guard probe.manifest.isConcurrent else { return .pass("one at a time, as the manifest says") }
    let count = min(probe.manifest.maxCalls, 8)
    let problems = ProbeThread.run(count: count) { _ -> String? in
      for _ in 0..<rounds {
        for (index, sample) in samples.enumerated() {
          let isSteady = expected[index].value == again[index].value
          let report = plugin.call(sample)
          if let problem = problem(report, expected[index], isSteady) {
            return "\(sample.name): \(problem)"
          }
        }
      }
      return nil
    }
    if let problem = problems.compactMap(\.self).first {
      return .fail(
        "\(count) calls at once, which its manifest allows: \(problem): share nothing between "
          + "calls without a lock, or take \"concurrent\" out of the manifest")
    }
    return .pass("\(count) at once")
  }

  private static func problem(
    _ report: CallReport, _ expected: CallReport, _ isSteady: Bool
  ) -> String? {
    if report.errorClass != expected.errorClass || report.code != expected.code {
      return "it ended with \(report.shown), alone with \(expected.shown)"
    }
    guard isSteady, report.value != expected.value else { return nil }
    return "its result is another than alone"
  }
}

// SPDX-License-Identifier: Apache-2.0
// Whether the manifest's examples are true.

import Pipeline
import Schema
import Values

/// Calls every example and compares.
enum ExamplesCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let samples = probe.samples
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    var problems: [String] = []
    for sample in samples {
      if let problem = problem(sample, plugin.call(sample)) {
        problems.append("\(sample.name): \(problem)")
      }
    }
    plugin.close()
    guard problems.isEmpty else { return .fail(problems.joined(separator: "\n  ")) }
    return .pass("\(samples.count) called")
  }

  private static func problem(_ sample: CallSample, _ report: CallReport) -> String? {
    guard sample.example != nil else { return report.blemish }
    if let surprise = report.script.surprises.first { return surprise }
    if let wanted = sample.example?["error"] { return errorProblem(wanted, report) }
    guard report.errorClass == nil else {
      return "it ended with \(report.shown), the example shows a result"
        + (isOfWorld(report) ? ": say in check.json what the project has" : "")
    }
    if let violation = sample.action.result?.validate(report.value).first {
      return "its result does not fit the schema: \(violation.message)"
    }
    guard report.script.exchanges.isEmpty else {
      return "it did not send \(report.script.exchanges.count) of the example's \"http\""
    }
    return nil
  }

  /// Whether the error came from what the scripted project lacks.
  private static func isOfWorld(_ report: CallReport) -> Bool {
    report.errorClass == .notFound || report.script.serviceCodes.contains(report.code)
  }

  private static func errorProblem(_ wanted: JSONValue, _ report: CallReport) -> String? {
    let kind = wanted["class"]?.asText ?? ""
    let code = wanted["code"]?.asText ?? ""
    if report.errorClass?.rawValue == kind, report.code == code { return nil }
    return "it ended with \(report.shown), the example shows \(kind) \(code)"
  }
}

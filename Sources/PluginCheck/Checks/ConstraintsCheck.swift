// SPDX-License-Identifier: Apache-2.0
// One mutation for each rule of a schema.

import Pipeline
import Schema
import Values

/// Breaks each rule of the parameters' schema once. The host refuses such parameters; what it
/// lets through, and what a host with a mistake would, the plugin has to refuse.
enum ConstraintsCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    var problems: [String] = []
    var count = 0
    var seen: Set<Int> = []
    for sample in probe.samples where seen.insert(sample.index).inserted {
      for mutation in SchemaMutation.all(of: sample.action.parameters.raw, sample.parameters) {
        count += 1
        if let problem = problem(mutation, sample, plugin) {
          problems.append("\(sample.action.id), \(mutation.what): \(problem)")
        }
      }
    }
    plugin.close()
    guard count > 0 else { return .skipped("no action has a rule on its parameters") }
    guard problems.isEmpty else {
      return .fail(problems.prefix(10).joined(separator: "\n  "))
    }
    return .pass("\(count) rules broken, one at a time")
  }

  private static func problem(
    _ mutation: SchemaMutation, _ sample: CallSample, _ plugin: OpenPlugin
  ) -> String? {
    let schema = sample.action.parameters
    let given = schema.coerce(mutation.parameters)
    let isRefused = !schema.validateParameters(given).isEmpty
    let says = "\(sample.action.id) with \(mutation.what)"
    let report = plugin.call(sample, parameters: mutation.parameters, says: says)
    if report.errorClass != nil { return report.blemish }
    // Coercion may have made it right again: a text of digits, an empty member that drops out.
    if isRefused || given != mutation.parameters { return nil }
    return "neither the schema nor the action refuses it: check it and answer invalid_input"
  }
}

// SPDX-License-Identifier: Apache-2.0
// Chance against the plugin, as long as there is time.

import Pipeline
import PluginRuntime
import Schema
import Values

/// Calls with random parameters and random answers of services. Each round has a seed of its own,
/// which alone decides all of it.
enum FuzzCheck {
  /// Rounds that are run whatever the time says, so that no time at all still asks the same.
  private static let least: UInt64 = 300

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let samples = probe.samples
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    if let seed = probe.order.reproduces {
      return round(seed, samples, plugin) ?? .pass("the round of seed \(seed)")
    }
    let end = MonotonicClock.now + probe.order.fuzzMS * 1_000_000
    var rounds: UInt64 = 0
    while MonotonicClock.now < end || rounds < least {
      if let problem = round(probe.order.seed &+ rounds, samples, plugin) { return problem }
      rounds += 1
    }
    probe.note.seed = nil
    plugin.close()
    return .pass("\(rounds) rounds from seed \(probe.order.seed)")
  }

  private static func round(
    _ seed: UInt64, _ samples: [CallSample], _ plugin: OpenPlugin
  ) -> CheckFinding? {
    var random = ProbeRandom(seed: seed)
    let sample = random.pick(samples)
    let schema = sample.action.parameters
    let parameters = parameters(of: sample, &random)
    let isValid = schema.validateParameters(parameters).isEmpty
    let manner: CallScript.Manner = random.chance(1, in: 3) ? .willing : .random(random)
    plugin.probe.note.seed = seed
    let report = plugin.call(
      sample, manner, parameters: parameters, says: "\(sample.action.id), seed \(seed)")
    guard let problem = problem(sample, report, isValid) else { return nil }
    return .fail("\(sample.action.id) with \(shortened(parameters)): \(problem)")
  }

  /// Values that fit the schema, an example with one member changed, or anything.
  private static func parameters(
    of sample: CallSample, _ random: inout ProbeRandom
  ) -> JSONValue {
    var values = SchemaValues(random: random, isMinimal: false)
    defer { random = values.random }
    let schema = sample.action.parameters
    switch Int.random(in: 0..<8, using: &values.random) {
    case 0: return .object(["value": values.anything(depth: 4)])
    case 1, 2, 3:
      var object = sample.parameters.asObject ?? [:]
      guard let name = schema.propertyNames.randomElement(using: &values.random) else { break }
      let property = schema.raw["properties"]?[name] ?? [:]
      let isWild = values.random.chance(1, in: 3)
      object[name] = isWild ? values.anything(depth: 4) : values.value(of: property)
      return .object(object)
    default: break
    }
    return schema.coerce(values.value(of: schema.raw))
  }

  private static func problem(
    _ sample: CallSample, _ report: CallReport, _ isValid: Bool
  ) -> String? {
    if let blemish = report.blemish { return blemish }
    guard report.errorClass == nil, isValid else { return nil }
    let violation = sample.action.result?.validate(report.value).first
    return violation.map { "its result does not fit the schema: \($0.message)" }
  }

  private static func shortened(_ value: JSONValue) -> String {
    let text = value.json
    return text.count <= 300 ? text : text.prefix(300) + "…"
  }
}

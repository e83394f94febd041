// SPDX-License-Identifier: Apache-2.0
// What two calls must have in common to run one after the other.
import Pipeline
import Values

/// One serial key: a project and what the key's parameters mean.
///
/// A parameter that refers to records counts by their collection and id, whoever names it and
/// however; one that does not by the plugin and its own name.
struct SerialKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  let description: String

  init(_ text: String) {
    description = text
  }

  static func < (left: SerialKey, right: SerialKey) -> Bool {
    left.description < right.description
  }

  /// The keys of a call, sorted, each once: one for each combination where a parameter is a list.
  ///
  /// - Parameter ids: what the references of each parameter lead to.
  /// - Throws: an `ActionFailure` when there are too many.
  static func keys(
    of plan: CallPlan, in project: ProjectID, ids: [String: [String]], atMost limit: Int
  ) throws(ActionFailure) -> [SerialKey] {
    guard !plan.serialKeys.isEmpty else { return [] }
    var combinations: [[String]] = [[]]
    for part in plan.serialKeys.sorted(by: { $0.parameter < $1.parameter }) {
      let values = part.texts(ids[part.parameter], plugin: plan.action.plugin)
      guard combinations.count * max(1, values.count) <= limit else {
        throw ActionFailure(
          .invalidInput, code: "too_many_serial_keys",
          message: "\(plan.action) would hold more than \(limit) serial keys at once: "
            + "hand over fewer elements in \"\(part.parameter)\" at a time")
      }
      guard !values.isEmpty else { continue }
      combinations = combinations.flatMap { front in values.map { front + [$0] } }
    }
    let texts = Set(combinations.map { "\(project) " + $0.joined(separator: " ") })
    return texts.sorted().map { SerialKey($0) }
  }
}

extension SerialKeyPart {
  /// The values of this part, each with what it is of.
  fileprivate func texts(_ ids: [String]?, plugin: PluginID) -> [String] {
    if let reference, let ids { return ids.map { "\(reference)/\($0)" } }
    let name = reference ?? "\(plugin).\(parameter)"
    return (value.asList ?? [value]).map { "\(name)=\($0.json)" }
  }
}

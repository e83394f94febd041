// SPDX-License-Identifier: Apache-2.0
// One condition of a connector's filter.

import Calendar
import Values

/// A condition whose operands may be templates.
package struct Condition: Sendable, Hashable {
  package let left: TemplateTree
  package let test: ConditionTest
  package let right: TemplateTree?

  /// Renders the operands and compares them.
  package func verdict(
    in scope: inout RenderScope, zone: Zone
  ) throws(TemplateError) -> ConditionVerdict {
    let leftValue = try left.render(in: &scope)
    let rightValue = try right?.render(in: &scope)
    return test.verdict(left: leftValue, right: rightValue, zone: zone)
  }

  /// Reads `{left, type, op, right?, case_sensitive?, delimiter?}`; the keys of `beside` may stand
  /// in it too.
  static func read(_ source: DocumentValue, beside: [String] = []) -> Condition? {
    let keys = ["left", "type"] + ConditionTest.documentKeys + beside
    guard let object = source.object(keys: keys) else { return nil }
    let left = object.required("left").map { TemplateTree.read($0) }
    let right = object["right"].map { TemplateTree.read($0) }
    guard let type = object.required("type")?.choice(ConditionType.self),
      let test = ConditionTest.read(object, type: type), let left
    else { return nil }
    return Condition(left: left, test: test, right: right)
  }

  /// Reads a condition, or conditions under `all` and `any`.
  static func readTree(
    _ source: DocumentValue, beside: [String] = []
  ) -> ConditionTree<Condition>? {
    let tree = ConditionTree<Condition>.read(source, beside: beside) { leaf in
      Condition.read(leaf, beside: leaf.path == source.path ? beside : [])
    }
    if let tree, tree.leaves.count > PipelineLimits.conditions {
      source.error(
        "too_many",
        "the filter has \(tree.leaves.count) conditions: at most \(PipelineLimits.conditions)")
    }
    return tree
  }
}

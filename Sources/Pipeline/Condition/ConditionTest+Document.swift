// SPDX-License-Identifier: Apache-2.0
// Reading what conditions of connectors and of record filters have in common.

import Values

extension ConditionTest {
  static let documentKeys = ["op", "right", "case_sensitive", "delimiter"]

  /// Reads operator and options of a condition whose type is known, or is inferred when it is nil.
  static func read(_ object: DocumentObject, type: ConditionType?) -> ConditionTest? {
    guard let source = object.required("op"), let name = source.text(),
      let op = readOperator(name, source, type: type)
    else { return nil }
    var test = ConditionTest(type: type ?? .text, operator: op)
    if let flag = object["case_sensitive"]?.boolean() { test.isCaseSensitive = flag }
    if let delimiter = object["delimiter"]?.text(atMost: 20) { test.delimiter = delimiter }
    guard checkRight(object, op) else { return nil }
    return test.checkLiteral(object) ? test : nil
  }

  private static func readOperator(
    _ name: String, _ source: DocumentValue, type: ConditionType?
  ) -> ConditionOperator? {
    let allowed = type?.operators ?? ConditionOperator.allCases
    guard let op = ConditionOperator(rawValue: name), allowed.contains(op) else {
      let names = allowed.map(\.rawValue)
      let what = "condition \"\(name)\"" + (type.map { " of type \($0.rawValue)" } ?? "")
      source.error(
        "unknown_condition",
        "unknown \(what)" + Suggestion.text(for: name, among: names, listUpTo: 20),
        nearest: Suggestion.nearest(to: name, among: names))
      return nil
    }
    return op
  }

  /// Whether as much stands on the right as the operator wants.
  private static func checkRight(_ object: DocumentObject, _ op: ConditionOperator) -> Bool {
    switch (op.operands, object["right"]) {
    case (.none, .some(let right)):
      right.error(
        "wrong_operands", "\"\(op.rawValue)\" takes nothing on the right: remove \"right\"")
      return false
    case (.none, .none): return true
    case (_, .none):
      object.base.error("missing_key", "\"\(op.rawValue)\" needs \"right\"")
      return false
    case (.pair, .some(let right)):
      if let list = right.value.asList, list.count == 2 { return true }
      right.error(
        "wrong_operands", "\"\(op.rawValue)\" takes a list of two on the right, such as [1, 10]")
      return false
    case (.one, .some(let right)):
      if right.value.asObject != nil {
        right.wrongType("a value to compare with")
        return false
      }
      return true
    }
  }
}

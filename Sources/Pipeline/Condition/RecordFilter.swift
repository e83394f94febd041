// SPDX-License-Identifier: Apache-2.0
// The filter of a query: the same conditions as a connector's, over a record's fields.

import Calendar
import Values

/// A filter over records, with its operands rendered.
///
/// **Shape** `{all: [{field, op, right?, case_sensitive?, delimiter?}]}`, nested as filters are;
/// `{}` means everything. **Source** spec/actions.md §1.4.
package struct RecordFilter: Sendable, Hashable {
  /// One condition; `field` stands for the left operand and the type.
  package struct Condition: Sendable, Hashable {
    /// A field's name; dots lead into objects where no field of that name exists.
    package let field: String
    package let test: ConditionTest
    /// Whether the test's type comes from the collection; else from operator and operands.
    package let isTyped: Bool
    package let right: JSONValue?
  }

  package let conditions: ConditionTree<Condition>

  /// Reads a filter. `types` knows the fields' types; the type of another field follows from the
  /// operator and the values.
  ///
  /// **Throws** the first thing wrong, with its path.
  package static func parse(
    _ value: JSONValue, types: [String: ConditionType] = [:]
  ) throws(PipelineError) -> RecordFilter {
    let findings = FindingList(document: nil)
    let source = DocumentValue(value, path: DocumentPath(), findings: findings)
    let filter = read(source, types: types)
    if let first = findings.findings.first {
      throw PipelineError(code: first.code, message: first.message, path: first.path.description)
    }
    guard let filter else {
      throw PipelineError(code: "wrong_type", message: "the filter is a \(value.typeName)")
    }
    return filter
  }

  /// The same in a document; nil with a finding.
  static func read(
    _ source: DocumentValue, types: [String: ConditionType] = [:], mayBeEmpty: Bool = true
  ) -> RecordFilter? {
    let tree = ConditionTree<Condition>.read(source, mayBeEmpty: mayBeEmpty) { leaf in
      readCondition(leaf, types: types)
    }
    guard let tree else { return nil }
    guard tree.leaves.count <= PipelineLimits.conditions else {
      source.error(
        "too_many", "the filter has more than \(PipelineLimits.conditions) conditions")
      return nil
    }
    return RecordFilter(conditions: tree)
  }

  private static func readCondition(
    _ source: DocumentValue, types: [String: ConditionType]
  ) -> Condition? {
    guard let object = source.object(keys: ["field"] + ConditionTest.documentKeys),
      let field = object.required("field")?.text(atMost: PipelineLimits.titleLength),
      let test = ConditionTest.read(object, type: types[field])
    else { return nil }
    return Condition(
      field: field, test: test, isTyped: types[field] != nil, right: object["right"]?.value)
  }

  /// Whether it has no condition: then it means every record.
  package var isEmpty: Bool { conditions.leaves.isEmpty }

  /// Whether a record, an object, passes.
  package func matches(_ record: JSONValue, zone: Zone = .utc) -> Bool {
    evaluate(zone: zone) { field in RecordFilter.resolve(field, in: record) }
  }

  /// Whether a record passes whose fields are looked up one by one.
  package func evaluate(zone: Zone = .utc, field: (String) -> JSONValue?) -> Bool {
    conditions.holds { condition in
      let left = field(condition.field)
      var test = condition.test
      if !condition.isTyped { test.type = RecordFilter.type(of: test, left, condition.right) }
      return test.verdict(left: left, right: condition.right, zone: zone).passed
    }
  }

  /// What has to be equal in every record that passes: an index over these fields finds them all,
  /// `matches` still decides.
  package var equalities: [RecordEquality] {
    guard case .all(let parts) = conditions else { return [] }
    return parts.compactMap { part in
      guard case .leaf(let condition) = part, let right = condition.right else { return nil }
      let `operator` = condition.test.operator
      guard `operator` == .is || `operator` == .equals else { return nil }
      return RecordEquality(
        field: condition.field, value: right, isCaseSensitive: condition.test.isCaseSensitive)
    }
  }

  /// The value of a field: by its whole name first, then along its dots.
  package static func resolve(_ field: String, in record: JSONValue) -> JSONValue? {
    if let value = record[field] { return value }
    guard field.utf8.contains(UInt8(ascii: ".")) else { return nil }
    var value: JSONValue? = record
    for name in field.split(separator: ".", omittingEmptySubsequences: false) {
      value = value?[String(name)]
    }
    return value
  }

  /// The type of a condition on a field that no collection describes.
  private static func type(
    of test: ConditionTest, _ left: JSONValue?, _ right: JSONValue?
  ) -> ConditionType {
    switch test.operator {
    case .equals, .notEquals, .greaterThan, .lessThan, .atLeast, .atMost: return .number
    case .on, .after, .before, .notBefore: return .dateTime
    case .countEquals, .countNotEquals, .countGreaterThan, .countLessThan, .countAtLeast,
      .countAtMost, .countBetween, .countNotBetween:
      return .list
    case .between, .notBetween:
      return left.flatMap(ConditionNumber.init) == nil ? .dateTime : .number
    case .is, .isNot:
      if case .boolean = left { return .boolean }
      return .text
    case .contains, .notContains: return left?.asList == nil ? .text : .list
    default: return .text
    }
  }
}

/// One field that has to equal one value.
package struct RecordEquality: Sendable, Hashable {
  package let field: String
  package let value: JSONValue
  /// Texts compare without case unless this is set: an index that does not fold case misses some.
  package let isCaseSensitive: Bool
}

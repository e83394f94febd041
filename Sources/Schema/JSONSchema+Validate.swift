// SPDX-License-Identifier: Apache-2.0
// Holding a value against a schema.

import Pattern
import Values

extension JSONSchema {
  /// Every way in which the value does not fit, at most 20; empty when it fits.
  package func validate(_ value: JSONValue) -> [SchemaViolation] {
    var validation = Validation(emptyIsMissing: false)
    validation.check(value, self, "")
    return validation.violations
  }

  /// As `validate`, and a required member that is an empty text is `empty`: a parameter that
  /// renders empty counts as not given.
  package func validateParameters(_ value: JSONValue) -> [SchemaViolation] {
    var validation = Validation(emptyIsMissing: true)
    validation.check(value, self, "")
    return validation.violations
  }
}

/// One walk over a value.
private struct Validation {
  /// More than this nobody reads, and a hostile value could make millions.
  static let maximalViolations = 20

  let emptyIsMissing: Bool
  var violations: [SchemaViolation] = []

  init(emptyIsMissing: Bool) { self.emptyIsMissing = emptyIsMissing }

  private mutating func report(_ code: String, _ path: String, _ message: String) {
    guard violations.count < Self.maximalViolations else { return }
    let subject = path.isEmpty ? "the value" : path
    violations.append(SchemaViolation(path: path, code: code, message: "\(subject) \(message)"))
  }

  mutating func check(_ value: JSONValue, _ schema: JSONSchema, _ path: String) {
    guard violations.count < Self.maximalViolations else { return }
    if schema.isDeferred, value.holdsTemplate { return }
    guard schema.types.isEmpty || schema.types.contains(where: { $0.allows(value) }) else {
      return report(
        "wrong_type", path, "must be \(schema.wantedTypes), found \(value.shownShort)")
    }
    if let constant = schema.constant, !JSONSchema.isSame(constant, value) {
      report("not_allowed", path, "must be \(constant.shownShort), found \(value.shownShort)")
    }
    if let allowed = schema.enumeration, !allowed.contains(where: { JSONSchema.isSame($0, value) })
    {
      report(
        "not_allowed", path, "must be one of \(Self.shown(allowed)), found \(value.shownShort)")
    }
    switch value {
    case .integer, .number: checkNumber(value, schema, path)
    case .text(let text): checkText(text, schema, path)
    case .list(let list): checkList(list, schema, path)
    case .object(let object): checkObject(object, schema, path)
    case .null, .boolean: break
    }
    if let branches = schema.branches { checkBranches(value, branches, path) }
  }

  private mutating func checkNumber(_ value: JSONValue, _ schema: JSONSchema, _ path: String) {
    let bounds = schema.bounds
    let found = value.shownShort
    if let bound = bounds.minimum, Self.isLess(value, bound) {
      report("too_small", path, "must be at least \(bound.json), found \(found)")
    }
    if let bound = bounds.maximum, Self.isLess(bound, value) {
      report("too_large", path, "must be at most \(bound.json), found \(found)")
    }
    if let bound = bounds.exclusiveMinimum, !Self.isLess(bound, value) {
      report("too_small", path, "must be more than \(bound.json), found \(found)")
    }
    if let bound = bounds.exclusiveMaximum, !Self.isLess(value, bound) {
      report("too_large", path, "must be less than \(bound.json), found \(found)")
    }
    if let step = bounds.multipleOf, let number = value.asNumber {
      // Decimal steps such as 0.01 have no exact double: compare within a rounding.
      let quotient = number / step
      let isWhole = (quotient - quotient.rounded()).magnitude <= quotient.magnitude * 1e-12
      if !isWhole { report("not_multiple", path, "must be a multiple of \(step), found \(found)") }
    }
  }

  private mutating func checkText(_ text: String, _ schema: JSONSchema, _ path: String) {
    let bounds = schema.bounds
    if bounds.minLength != nil || bounds.maxLength != nil {
      let length = text.unicodeScalars.count
      if let least = bounds.minLength, length < least {
        report("too_short", path, "must have at least \(least) characters, found \(length)")
      }
      if let most = bounds.maxLength, length > most {
        report("too_long", path, "must have at most \(most) characters, found \(length)")
      }
    }
    if let pattern = schema.pattern, !pattern.matches(text) {
      report(
        "pattern", path,
        "must match \(pattern.source), found \(JSONValue.text(text).shownShort)")
    }
    if let format = schema.format, !format.matches(text) {
      report(
        "format", path, "must be \(format.wanted), found \(JSONValue.text(text).shownShort)")
    }
  }

  private mutating func checkList(_ list: [JSONValue], _ schema: JSONSchema, _ path: String) {
    if let least = schema.bounds.minItems, list.count < least {
      report("too_few", path, "must have at least \(least) elements, found \(list.count)")
    }
    if let most = schema.bounds.maxItems, list.count > most {
      report("too_many", path, "must have at most \(most) elements, found \(list.count)")
    }
    guard let items = schema.items else { return }
    for (index, element) in list.enumerated() { check(element, items, "\(path)[\(index)]") }
  }

  private mutating func checkObject(_ object: JSONObject, _ schema: JSONSchema, _ path: String) {
    for name in schema.required {
      let place = SchemaPath.member(name, of: path)
      switch object[name] {
      case nil: report("missing", place, "is missing")
      case .null? where schema.properties[name]?.allowsNull == false:
        report("empty", place, "is empty")
      case .text("")? where emptyIsMissing: report("empty", place, "is empty")
      default: break
      }
    }
    for (name, value) in object {
      let place = SchemaPath.member(name, of: path)
      if let property = schema.properties[name] {
        let isReported =
          schema.isRequired(name)
          && (value.isNull && !property.allowsNull || emptyIsMissing && value == "")
        if !isReported { check(value, property, place) }
        continue
      }
      // A branch's properties are the branch's to check.
      if schema.property(named: name) != nil { continue }
      switch schema.additional {
      case .allowed: break
      case .matching(let additional): check(value, additional, place)
      case .refused:
        let hint = NearestName.hint(for: name, among: schema.knownNames)
        report("unknown_property", place, "is not known here\(hint)")
      }
    }
  }

  /// Only the branch the discriminator selects is of interest: the others were not meant.
  private mutating func checkBranches(
    _ value: JSONValue, _ branches: JSONSchema.Branches, _ path: String
  ) {
    if let selected = branches.selected(by: value) { return check(value, selected, path) }
    let name = branches.discriminator
    let choices = Self.shown(branches.all.map(\.constant))
    switch value[name] {
    case nil:
      report("no_branch", path, "must have \"\(name)\", one of \(choices)")
    case let found?:
      report(
        "no_branch", SchemaPath.member(name, of: path),
        "must be one of \(choices), found \(found.shownShort)")
    }
  }

  private static func isLess(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let left = a.exactInteger, let right = b.exactInteger { return left < right }
    // Beyond a double's range both compare by their infinite value.
    return a.doubleValue < b.doubleValue
  }

  private static func shown(_ values: [JSONValue]) -> String {
    let some = values.prefix(12).map { NearestName.shortened($0.json) }.joined(separator: ", ")
    return values.count > 12 ? some + " …" : some
  }
}

/// How a place in a value is written.
enum SchemaPath {
  static func member(_ name: String, of path: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == 0x5F || $0 == 0x2D
    }
    guard isPlain, !name.isEmpty else {
      return "\(path)[\"\(NearestName.shortened(name))\"]"
    }
    // Every member of every call comes by here, so what needs no cut is not looked at again.
    let shown = name.utf8.count <= 40 ? name : NearestName.shortened(name)
    return path.isEmpty ? shown : "\(path).\(shown)"
  }
}

extension JSONSchema {
  /// For messages: `integer or null`.
  var wantedTypes: String {
    let names = ValueType.allCases.filter(types.contains).map(\.words)
    return names.joined(separator: " or ")
  }

  var allowsNull: Bool { types.isEmpty || types.contains(.null) }

  /// All names an object may have, for hints.
  var knownNames: [String] {
    propertyNames + (branches?.all.flatMap { $0.schema.propertyNames } ?? [])
  }
}

extension JSONSchema.ValueType {
  /// An integer is one written as such: what renders as `1.0` is coerced before.
  func allows(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.null, .null), (.boolean, .boolean), (.integer, .integer), (.number, .integer),
      (.number, .number), (.string, .text), (.array, .list), (.object, .object):
      true
    default: false
    }
  }

  /// In the words of messages, which are those of values.
  var words: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  var doubleValue: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number.value
    default: .nan
    }
  }

  /// Whether a text in here still holds an attribute.
  var holdsTemplate: Bool {
    switch self {
    case .text(let text): text.contains("{{")
    case .list(let list): list.contains(where: \.holdsTemplate)
    case .object(let object): object.values.contains(where: \.holdsTemplate)
    default: false
    }
  }
}

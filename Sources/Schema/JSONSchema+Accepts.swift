// SPDX-License-Identifier: Apache-2.0
// Whether one schema takes all that another one does.

import Values

/// The first place where a schema takes less than another.
package struct SchemaRefusal: Sendable, Hashable {
  /// **Shape** `items[].name`; empty for the value itself.
  package let path: String
  package let message: String
}

extension JSONSchema {
  /// The first thing that `other` allows and this schema does not; nil when a value that fits
  /// `other` fits this one too.
  ///
  /// A member that only this schema lists, and does not require, is no narrowing: who wrote for
  /// `other` does not use it. What cannot be decided (two patterns) counts as narrower.
  ///
  /// - Parameter ignoringNew: for results, which are read by name: members that only `other` lists
  ///   may be there, and those this schema lists have to be.
  package func refusal(of other: JSONSchema, ignoringNew: Bool = false) -> SchemaRefusal? {
    var comparison = SchemaComparison(isResult: ignoringNew)
    comparison.compare(self, other, "")
    return comparison.found
  }
}

/// One walk over two schemas; stops at the first refusal.
private struct SchemaComparison {
  let isResult: Bool
  var found: SchemaRefusal?

  init(isResult: Bool) { self.isResult = isResult }

  private mutating func report(_ path: String, _ message: String) {
    guard found == nil else { return }
    found = SchemaRefusal(path: path, message: message)
  }

  mutating func compare(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    guard found == nil, wide.raw != narrow.raw else { return }
    if let values = narrow.constant.map({ [$0] }) ?? narrow.enumeration {
      return compareValues(wide, values, path)
    }
    if wide.constant != nil || wide.enumeration != nil {
      return report(path, "only some values are allowed")
    }
    compareTypes(wide, narrow, path)
    compareReferences(wide, narrow, path)
    compareNumbers(wide.bounds, narrow.bounds, path)
    compareSizes(wide.bounds, narrow.bounds, path)
    compareTexts(wide, narrow, path)
    compareItems(wide, narrow, path)
    compareMembers(wide, narrow, path)
    compareBranches(wide, narrow, path)
  }

  private mutating func compareValues(_ wide: JSONSchema, _ values: [JSONValue], _ path: String) {
    guard let refused = values.first(where: { !wide.validate($0).isEmpty }) else { return }
    report(path, "\(refused.shownShort) is not allowed")
  }

  private mutating func compareTypes(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    guard !wide.types.isEmpty else { return }
    guard !narrow.types.isEmpty else { return report(path, "must be \(wide.wantedTypes)") }
    let taken = wide.types.contains(.number) ? wide.types.union([.integer]) : wide.types
    guard let lost = narrow.types.subtracting(taken).min(by: { $0.rawValue < $1.rawValue }) else {
      return
    }
    report(path, "must be \(wide.wantedTypes), \(lost.words) is not allowed")
  }

  private mutating func compareReferences(
    _ wide: JSONSchema, _ narrow: JSONSchema, _ path: String
  ) {
    if narrow.isDeferred && !wide.isDeferred { report(path, "takes no deferred attributes") }
    if let reference = wide.reference, reference != narrow.reference {
      report(path, "refers to \(reference.json)")
    }
  }

  private mutating func compareNumbers(
    _ wide: SchemaBounds, _ narrow: SchemaBounds, _ path: String
  ) {
    if let bound = wide.minimum?.asNumber, narrow.least.value < bound {
      report(path, "must be at least \(bound)")
    }
    if let bound = wide.maximum?.asNumber, narrow.most.value > bound {
      report(path, "must be at most \(bound)")
    }
    if let bound = wide.exclusiveMinimum?.asNumber {
      let (least, isOpen) = narrow.least
      if least < bound || least == bound && !isOpen { report(path, "must be more than \(bound)") }
    }
    if let bound = wide.exclusiveMaximum?.asNumber {
      let (most, isOpen) = narrow.most
      if most > bound || most == bound && !isOpen { report(path, "must be less than \(bound)") }
    }
    if let step = wide.multipleOf, narrow.multipleOf.map({ !isMultiple($0, of: step) }) ?? true {
      report(path, "must be a multiple of \(step)")
    }
  }

  private func isMultiple(_ value: Double, of step: Double) -> Bool {
    let quotient = value / step
    return (quotient - quotient.rounded()).magnitude <= quotient.magnitude * 1e-12
  }

  private mutating func compareSizes(_ wide: SchemaBounds, _ narrow: SchemaBounds, _ path: String) {
    if let least = wide.minLength, narrow.minLength ?? 0 < least {
      report(path, "must have at least \(least) characters")
    }
    if let most = wide.maxLength, narrow.maxLength ?? .max > most {
      report(path, "must have at most \(most) characters")
    }
    if let least = wide.minItems, narrow.minItems ?? 0 < least {
      report(path, "must have at least \(least) elements")
    }
    if let most = wide.maxItems, narrow.maxItems ?? .max > most {
      report(path, "must have at most \(most) elements")
    }
  }

  private mutating func compareTexts(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    if let pattern = wide.pattern, pattern.source != narrow.pattern?.source {
      report(path, "must match \(pattern.source)")
    }
    if let format = wide.format, format != narrow.format {
      report(path, "must be \(format.wanted)")
    }
  }

  private mutating func compareItems(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    guard let items = wide.items else { return }
    guard let others = narrow.items else { return report("\(path)[]", "was any value") }
    compare(items, others, "\(path)[]")
  }

  private mutating func compareMembers(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    for name in wide.required where !narrow.isRequired(name) {
      let place = SchemaPath.member(name, of: path)
      report(place, isResult ? "may be missing" : "is required")
    }
    for name in narrow.propertyNames {
      guard let member = narrow.properties[name] else { continue }
      let place = SchemaPath.member(name, of: path)
      if let own = wide.properties[name] {
        compare(own, member, place)
      } else if !isResult, wide.property(named: name) == nil {
        compareAdditional(wide, member, place)
      }
    }
    if isResult {
      for name in wide.propertyNames where narrow.property(named: name) == nil {
        report(SchemaPath.member(name, of: path), "is not there any more")
      }
      return
    }
    switch (wide.additional, narrow.additional) {
    case (.allowed, _), (_, .refused): break
    case (.refused, _): report(path, "takes no other members")
    case (.matching(let own), .matching(let other)): compare(own, other, "\(path).*")
    case (.matching, .allowed): report("\(path).*", "was any value")
    }
  }

  private mutating func compareAdditional(
    _ wide: JSONSchema, _ member: JSONSchema, _ place: String
  ) {
    switch wide.additional {
    case .allowed: break
    case .matching(let own): compare(own, member, place)
    case .refused: report(place, "is not known any more")
    }
  }

  private mutating func compareBranches(_ wide: JSONSchema, _ narrow: JSONSchema, _ path: String) {
    guard let own = wide.branches else { return }
    guard let others = narrow.branches, others.discriminator == own.discriminator else {
      return report(path, "is one of several shapes by \"\(own.discriminator)\"")
    }
    for branch in others.all {
      let place = "\(path)(\(own.discriminator) \(branch.constant.json))"
      guard let match = own.all.first(where: { JSONSchema.isSame($0.constant, branch.constant) })
      else { return report(place, "is not allowed") }
      compare(match.schema, branch.schema, place)
    }
  }
}

extension SchemaBounds {
  /// What no number is below, and whether the number itself is left out.
  fileprivate var least: (value: Double, isOpen: Bool) {
    let (closed, open) = (minimum?.asNumber ?? -.infinity, exclusiveMinimum?.asNumber ?? -.infinity)
    return (max(closed, open), open >= closed)
  }

  /// What no number is above.
  fileprivate var most: (value: Double, isOpen: Bool) {
    let (closed, open) = (maximum?.asNumber ?? .infinity, exclusiveMaximum?.asNumber ?? .infinity)
    return (min(closed, open), open <= closed)
  }
}

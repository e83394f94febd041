// SPDX-License-Identifier: Apache-2.0
// A schema of the subset that manifests use.

import Pattern
import Values

/// A parsed schema. The subset: `type`, `properties`, `required`, `additionalProperties`, `items`,
/// `enum`, `const`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`,
/// `minLength`, `maxLength`, `minItems`, `maxItems`, `pattern`, `format`, `oneOf` with a
/// discriminator, `default`, `title`, `description`, `x-ref`, `x-deferred`,
/// `x-whole`.
///
/// `integer` is an integer that fits 64 bits; lengths count Unicode scalars.
package final class JSONSchema: Sendable {
  /// The names JSON Schema gives to types.
  package enum ValueType: String, Sendable, CaseIterable {
    case null, boolean, integer, number, string, array, object
  }

  /// What an object's members beyond `properties` may be.
  package enum Additional: Sendable {
    case allowed
    case refused
    case matching(JSONSchema)
  }

  /// As it was given.
  package let raw: JSONValue
  /// Empty: any.
  package let types: Set<ValueType>
  /// In the manifest's order.
  package let propertyNames: [String]
  let properties: [String: JSONSchema]
  /// In the manifest's order.
  package let required: [String]
  package let additional: Additional
  package let items: JSONSchema?
  package let enumeration: [JSONValue]?
  package let constant: JSONValue?
  package let defaultValue: JSONValue?
  package let format: SchemaFormat?
  package let title: String?
  package let summary: String?
  /// `x-ref`: what kind of thing a text names; the host resolves it to an id.
  package let reference: JSONValue?
  /// `x-deferred`: attributes that begin with `recipient` stay in place until a message is sent.
  package let isDeferred: Bool
  /// `x-whole`: a text that is nothing where an attribute in it is empty, as identifiers are.
  package let isWhole: Bool
  /// `oneOf`, selected by a property that is a constant in each.
  package let branches: Branches?
  let bounds: SchemaBounds
  let pattern: Pattern?

  /// The branches of a `oneOf`.
  package struct Branches: Sendable {
    /// The property whose constant selects a branch.
    package let discriminator: String
    /// In the manifest's order.
    package let all: [(constant: JSONValue, schema: JSONSchema)]

    /// The branch a value selects; nil where its discriminator is missing or of no branch.
    package func selected(by value: JSONValue) -> JSONSchema? {
      guard let found = value[discriminator] else { return nil }
      return all.first { JSONSchema.isSame($0.constant, found) }?.schema
    }
  }

  /// **Throws**: the first keyword that is unknown or misused, with its place
  package convenience init(parsing value: JSONValue) throws(SchemaError) {
    try self.init(SchemaReader(value, path: "", depth: 0))
  }

  init(_ reader: SchemaReader) throws(SchemaError) {
    try reader.checkKeywords()
    raw = reader.value
    types = try reader.types()
    (propertyNames, properties) = try reader.properties()
    required = try reader.names("required")
    additional = try reader.additional()
    items = try reader.schema("items")
    enumeration = try reader.list("enum")
    constant = reader.value["const"]
    defaultValue = reader.value["default"]
    format = try reader.format()
    title = try reader.text("title")
    summary = try reader.text("description")
    reference = reader.value["x-ref"]
    isDeferred = try reader.truth("x-deferred")
    isWhole = try reader.truth("x-whole")
    bounds = try reader.bounds()
    pattern = try reader.pattern()
    branches = try reader.branches()
  }

  /// The schema of a member; nil where `properties` does not list it, in branches neither.
  package func property(named name: String) -> JSONSchema? {
    if let found = properties[name] { return found }
    for branch in branches?.all ?? [] {
      if let found = branch.schema.property(named: name) { return found }
    }
    return nil
  }

  package func isRequired(_ name: String) -> Bool { required.contains(name) }

  /// Whether two values are the same in JSON Schema's eyes: `1` and `1.0` are.
  static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if a == b { return true }
    guard let left = a.asNumber, let right = b.asNumber else { return false }
    if let left = a.exactInteger, let right = b.exactInteger { return left == right }
    return left == right
  }
}

extension JSONSchema: Hashable {
  package static func == (a: JSONSchema, b: JSONSchema) -> Bool { a === b || a.raw == b.raw }
  package func hash(into hasher: inout Hasher) { hasher.combine(raw) }
}

/// The numeric, length and item bounds of one schema.
struct SchemaBounds: Sendable {
  var minimum: JSONValue?
  var maximum: JSONValue?
  var exclusiveMinimum: JSONValue?
  var exclusiveMaximum: JSONValue?
  var multipleOf: Double?
  var minLength: Int?
  var maxLength: Int?
  var minItems: Int?
  var maxItems: Int?
}

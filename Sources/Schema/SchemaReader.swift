// SPDX-License-Identifier: Apache-2.0
// Reading a schema's keywords, each checked where it stands.

import Pattern
import Values

/// One schema object being read.
struct SchemaReader {
  /// Schemas nest no deeper; every walk over one relies on it.
  static let maximalDepth = 32

  static let keywords = [
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum",
    "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
    "minItems", "maxItems", "pattern", "format", "oneOf", "default", "title", "description",
    "x-ref", "x-deferred", "x-whole",
  ]

  let value: JSONValue
  let path: String
  let depth: Int

  init(_ value: JSONValue, path: String, depth: Int) {
    self.value = value
    self.path = path
    self.depth = depth
  }

  func checkKeywords() throws(SchemaError) {
    guard let object = value.asObject else {
      throw SchemaError(
        code: "bad_keyword", reason: "a schema is an object, found \(value.typeName)", path: path)
    }
    if depth > Self.maximalDepth {
      throw SchemaError(
        code: "too_deep", reason: "schemas nest more than \(Self.maximalDepth) deep: flatten it",
        path: path)
    }
    for name in object.names where !Self.keywords.contains(name) {
      let hint = NearestName.hint(for: name, among: Self.keywords)
      throw SchemaError(
        code: "unknown_keyword",
        reason: "the keyword \"\(NearestName.shortened(name))\" is not supported\(hint)", path: path
      )
    }
  }

  func types() throws(SchemaError) -> Set<JSONSchema.ValueType> {
    guard let given = value["type"] else { return [] }
    var types: Set<JSONSchema.ValueType> = []
    for one in given.asList ?? [given] {
      guard let type = one.asText.flatMap(JSONSchema.ValueType.init) else {
        let known = JSONSchema.ValueType.allCases.map(\.rawValue).joined(separator: ", ")
        throw wrong("type", "one of \(known), or a list of them", one)
      }
      types.insert(type)
    }
    return types
  }

  func properties() throws(SchemaError) -> ([String], [String: JSONSchema]) {
    guard let given = value["properties"] else { return ([], [:]) }
    guard let object = given.asObject else { throw wrong("properties", "an object", given) }
    var schemas: [String: JSONSchema] = [:]
    for (name, schema) in object {
      let place = place("properties") + "." + name
      schemas[name] = try JSONSchema(SchemaReader(schema, path: place, depth: depth + 1))
    }
    return (object.names, schemas)
  }

  func additional() throws(SchemaError) -> JSONSchema.Additional {
    switch value["additionalProperties"] {
    case nil, .boolean(true)?: return .allowed
    case .boolean(false)?: return .refused
    case let schema?:
      return .matching(try JSONSchema(reader(schema, "additionalProperties")))
    }
  }

  func schema(_ keyword: String) throws(SchemaError) -> JSONSchema? {
    guard let given = value[keyword] else { return nil }
    return try JSONSchema(reader(given, keyword))
  }

  func list(_ keyword: String) throws(SchemaError) -> [JSONValue]? {
    guard let given = value[keyword] else { return nil }
    guard let list = given.asList, !list.isEmpty else {
      throw wrong(keyword, "a list that is not empty", given)
    }
    return list
  }

  func names(_ keyword: String) throws(SchemaError) -> [String] {
    guard let given = value[keyword] else { return [] }
    guard let list = given.asList else { throw wrong(keyword, "a list of names", given) }
    var names: [String] = []
    for one in list {
      guard let name = one.asText else { throw wrong(keyword, "a list of names", one) }
      names.append(name)
    }
    return names
  }

  func text(_ keyword: String) throws(SchemaError) -> String? {
    guard let given = value[keyword] else { return nil }
    guard let text = given.asText else { throw wrong(keyword, "a text", given) }
    return text
  }

  func truth(_ keyword: String) throws(SchemaError) -> Bool {
    guard let given = value[keyword] else { return false }
    guard let truth = given.asBoolean else { throw wrong(keyword, "true or false", given) }
    return truth
  }

  func format() throws(SchemaError) -> SchemaFormat? {
    guard let name = try text("format") else { return nil }
    if let format = SchemaFormat(rawValue: name) { return format }
    let known = SchemaFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw SchemaError(
      code: "unknown_format",
      reason: "the format \"\(NearestName.shortened(name))\" is not known, only \(known)",
      path: place("format"))
  }

  func pattern() throws(SchemaError) -> Pattern? {
    guard let source = try text("pattern") else { return nil }
    do throws(PatternError) {
      return try Pattern(parsing: source)
    } catch {
      throw SchemaError(code: "bad_pattern", reason: "\(error)", path: place("pattern"))
    }
  }

  func bounds() throws(SchemaError) -> SchemaBounds {
    var bounds = SchemaBounds()
    bounds.minimum = try number("minimum")
    bounds.maximum = try number("maximum")
    bounds.exclusiveMinimum = try number("exclusiveMinimum")
    bounds.exclusiveMaximum = try number("exclusiveMaximum")
    bounds.multipleOf = try number("multipleOf")?.asNumber
    if let step = bounds.multipleOf, step <= 0 {
      throw wrong("multipleOf", "a number above 0", value["multipleOf"] ?? .null)
    }
    bounds.minLength = try size("minLength")
    bounds.maxLength = try size("maxLength")
    bounds.minItems = try size("minItems")
    bounds.maxItems = try size("maxItems")
    return bounds
  }

  private func number(_ keyword: String) throws(SchemaError) -> JSONValue? {
    guard let given = value[keyword] else { return nil }
    guard given.asNumber != nil else { throw wrong(keyword, "a number", given) }
    return given
  }

  private func size(_ keyword: String) throws(SchemaError) -> Int? {
    guard let given = value[keyword] else { return nil }
    guard let size = given.asInteger, size >= 0 else {
      throw wrong(keyword, "a whole number that is not negative", given)
    }
    return Int(size)
  }
}

extension SchemaReader {
  /// The branches of `oneOf` and the first property that is a different constant in each.
  func branches() throws(SchemaError) -> JSONSchema.Branches? {
    guard let list = try list("oneOf") else { return nil }
    var schemas: [JSONSchema] = []
    for (index, one) in list.enumerated() {
      schemas.append(try JSONSchema(reader(one, "oneOf[\(index)]")))
    }
    for name in schemas[0].propertyNames {
      let constants = schemas.compactMap { $0.properties[name]?.constant }
      if constants.count == schemas.count, Set(constants).count == schemas.count {
        return JSONSchema.Branches(
          discriminator: name, all: zip(constants, schemas).map { ($0, $1) })
      }
    }
    throw SchemaError(
      code: "no_discriminator",
      reason: "no property has a different \"const\" in each branch: add one that tells them apart",
      path: place("oneOf"))
  }

  private func reader(_ value: JSONValue, _ keyword: String) -> SchemaReader {
    SchemaReader(value, path: place(keyword), depth: depth + 1)
  }

  private func place(_ keyword: String) -> String { path.isEmpty ? keyword : "\(path).\(keyword)" }

  private func wrong(_ keyword: String, _ wanted: String, _ found: JSONValue) -> SchemaError {
    SchemaError(
      code: "bad_keyword", reason: "wanted \(wanted), found \(found.shownShort)",
      path: place(keyword))
  }
}

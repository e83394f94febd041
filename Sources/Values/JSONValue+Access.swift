// SPDX-License-Identifier: Apache-2.0
// Reading a value as the type the caller expects.

extension JSONValue {
  /// The member of an object; nil for anything else.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let object) = self else { return nil }
    return object[name]
  }

  /// The element of a list, negative from the end; nil beyond it and for anything else.
  public subscript(_ index: Int) -> JSONValue? {
    guard case .list(let list) = self else { return nil }
    let at = index < 0 ? list.count + index : index
    guard list.indices.contains(at) else { return nil }
    return list[at]
  }

  public var asText: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// Only a number written as an integer that fits; no text, no `1.0`.
  public var asInteger: Int64? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// Any number as a double, rounded to nearest; nil beyond a double's range.
  public var asNumber: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number.value.isFinite ? number.value : nil
    default: nil
    }
  }

  public var asBoolean: Bool? {
    if case .boolean(let truth) = self { truth } else { nil }
  }

  public var asList: [JSONValue]? {
    if case .list(let list) = self { list } else { nil }
  }

  public var asObject: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  public var isNull: Bool { self == .null }

  /// Null, an empty text, an empty list or an empty object.
  public var isEmpty: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .object(let object): object.isEmpty
    default: false
    }
  }

  /// For messages: `null`, `boolean`, `integer`, `number`, `text`, `list` or `object`.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .text: "text"
    case .list: "list"
    case .object: "object"
    }
  }
}

// Not by `nil`: in `found ? value : nil` Swift would then choose null over nothing.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .list(elements) }

  public init(floatLiteral value: Double) {
    guard let number = JSONNumber(value) else {
      preconditionFailure("a JSON number is finite")
    }
    self = .number(number)
  }

  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
}

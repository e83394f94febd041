// SPDX-License-Identifier: Apache-2.0
// Lets a value whose shape is the caller's stand in a decoded or encoded type.
import Values

/// A JSON value: what a parameter or result of any shape is.
public typealias JSONValue = Values.JSONValue

/// The members of a JSON object, in order.
public typealias JSONObject = Values.JSONObject

extension Values.JSONValue: Codable {
  public init(from decoder: any Decoder) throws {
    if let own = decoder as? ValueDecoder {
      self = own.value.json
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let truth = try? container.decode(Bool.self) {
      self = .boolean(truth)
    } else if let integer = try? container.decode(Int64.self) {
      self = .integer(integer)
    } else if let double = try? container.decode(Double.self), let number = JSONNumber(double) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      var object = JSONObject()
      for (name, value) in try container.decode([String: JSONValue].self) { object[name] = value }
      self = .object(object)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if let own = encoder as? ValueEncoder {
      own.target.set(self)
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let truth): try container.encode(truth)
    case .integer(let integer): try container.encode(integer)
    case .number(let number): try container.encode(number.value)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object):
      try container.encode(
        Dictionary(object.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }))
    }
  }
}

extension Values.JSONObject: Codable {
  public init(from decoder: any Decoder) throws {
    guard case .object(let object) = try JSONValue(from: decoder) else {
      throw DecodingError.typeMismatch(
        JSONObject.self,
        .init(codingPath: decoder.codingPath, debugDescription: "expected an object"))
    }
    self = object
  }

  public func encode(to encoder: any Encoder) throws {
    try JSONValue.object(self).encode(to: encoder)
  }
}

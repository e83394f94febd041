// SPDX-License-Identifier: Apache-2.0
// Swift's own encoding, into a value.
import Values

/// Encodes into a tree that becomes one value at the end.
///
/// A tree and not the host's builder directly: Swift's containers may be filled in any order and
/// a type may ask for a member's container twice, which a forward-only builder cannot follow.
struct ValueEncoder: Encoder {
  let target: EncodedValue
  var codingPath: [any CodingKey] = []
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The value something encodes to.
  static func encode(_ value: some Encodable) throws -> JSONValue {
    let target = EncodedValue()
    try value.encode(to: ValueEncoder(target: target))
    return target.finish()
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.becomeObject()
    return KeyedEncodingContainer(ValueMemberWriter(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.becomeList()
    return ValueElementWriter(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ValueScalarWriter(encoder: self)
  }

  /// The encoder of a member or an element.
  func descend(_ child: EncodedValue, _ key: any CodingKey) -> ValueEncoder {
    ValueEncoder(target: child, codingPath: codingPath + [key])
  }

  /// A number; NaN and the infinities have no JSON.
  func number(_ double: Double) throws -> JSONValue {
    guard let number = JSONNumber(double) else {
      throw EncodingError.invalidValue(
        double, .init(codingPath: codingPath, debugDescription: "\(double) is no JSON number"))
    }
    return .number(number)
  }

  /// A whole number of any width.
  func integer(_ value: some FixedWidthInteger) throws -> JSONValue {
    if let exact = Int64(exactly: value) { return .integer(exact) }
    return JSONNumber(text: String(value)).map(JSONValue.number) ?? .null
  }
}

/// One place of the tree while it is being filled.
final class EncodedValue {
  private enum Content {
    case value(JSONValue)
    case list([EncodedValue])
    case object([(name: String, value: EncodedValue)])
  }

  private var content: Content?

  func set(_ value: JSONValue) { content = .value(value) }

  func becomeObject() {
    if case .object = content { return }
    content = .object([])
  }

  func becomeList() {
    if case .list = content { return }
    content = .list([])
  }

  var elementCount: Int {
    if case .list(let elements) = content { return elements.count }
    return 0
  }

  /// A new last element.
  func element() -> EncodedValue {
    guard case .list(var elements) = content else { return EncodedValue() }
    let child = EncodedValue()
    content = nil
    elements.append(child)
    content = .list(elements)
    return child
  }

  /// The member of this name, made if it is not there.
  func member(_ name: String) -> EncodedValue {
    guard case .object(var members) = content else { return EncodedValue() }
    if let known = members.first(where: { $0.name == name }) { return known.value }
    let child = EncodedValue()
    content = nil
    members.append((name, child))
    content = .object(members)
    return child
  }

  func finish() -> JSONValue {
    switch content {
    case nil: return .object(JSONObject())
    case .value(let value): return value
    case .list(let elements): return .list(elements.map { $0.finish() })
    case .object(let members):
      var object = JSONObject()
      for (name, value) in members { object[name] = value.finish() }
      return .object(object)
    }
  }
}

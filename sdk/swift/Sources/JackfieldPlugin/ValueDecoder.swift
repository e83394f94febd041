// SPDX-License-Identifier: Apache-2.0
// Swift's own decoding, straight from the host's values.
import CJackfield

/// Decodes one value of the host; members the type does not know are passed over.
struct ValueDecoder: Decoder {
  let value: ForeignValue
  var codingPath: [any CodingKey] = []
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try require(JF_OBJECT, "an object", as: [String: Any].self)
    return KeyedDecodingContainer(ValueMembers(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try require(JF_LIST, "a list", as: [Any].self)
    return ValueElements(decoder: self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    ValueScalar(decoder: self)
  }

  /// The decoder of a member or an element.
  func descend(_ child: ForeignValue, _ key: any CodingKey) -> ValueDecoder {
    ValueDecoder(value: child, codingPath: codingPath + [key])
  }

  private func require(_ type: jf_type, _ name: String, as wanted: Any.Type) throws {
    guard value.type == type else { throw mismatch(wanted, name) }
  }

  /// The error for a value that is of another type.
  func mismatch(_ wanted: Any.Type, _ name: String) -> DecodingError {
    let context = DecodingError.Context(
      codingPath: codingPath, debugDescription: "expected \(name), found \(value.typeName)")
    return value.isNull
      ? .valueNotFound(wanted, context) : .typeMismatch(wanted, context)
  }

  /// The value as a boolean.
  func boolean() throws -> Bool {
    guard value.type == JF_BOOLEAN else { throw mismatch(Bool.self, "a boolean") }
    return value.integer == 1
  }

  /// The value as text.
  func text() throws -> String {
    guard value.type == JF_TEXT else { throw mismatch(String.self, "text") }
    return value.text
  }

  /// The value as a whole number of one width.
  func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard value.type == JF_INTEGER || value.type == JF_NUMBER else {
      throw mismatch(type, "a whole number")
    }
    let exact = value.integer.flatMap { T(exactly: $0) } ?? T(value.text)
    guard let exact else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath, debugDescription: "\(value.text) does not fit \(type)"))
    }
    return exact
  }

  /// The value as a number.
  func number() throws -> Double {
    guard value.type == JF_INTEGER || value.type == JF_NUMBER, let number = value.number else {
      throw mismatch(Double.self, "a number")
    }
    return number
  }
}

/// The place of a list's element in a path.
struct IndexKey: CodingKey {
  let intValue: Int?
  var stringValue: String { intValue.map(String.init) ?? "" }

  init(_ index: Int) { intValue = index }
  init?(intValue: Int) { self.init(intValue) }
  init?(stringValue: String) { return nil }
}

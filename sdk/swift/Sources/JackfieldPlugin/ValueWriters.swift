// SPDX-License-Identifier: Apache-2.0
// The three containers of the encoder.
import Values

/// One value that stands alone.
struct ValueScalarWriter: SingleValueEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() throws { encoder.target.set(.null) }
  func encode(_ value: Bool) throws { encoder.target.set(.boolean(value)) }
  func encode(_ value: String) throws { encoder.target.set(.text(value)) }
  func encode(_ value: Double) throws { encoder.target.set(try encoder.number(value)) }
  func encode(_ value: Float) throws { encoder.target.set(try encoder.number(Double(value))) }
  func encode(_ value: Int) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: Int8) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: Int16) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: Int32) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: Int64) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: UInt) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: UInt8) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: UInt16) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: UInt32) throws { encoder.target.set(try encoder.integer(value)) }
  func encode(_ value: UInt64) throws { encoder.target.set(try encoder.integer(value)) }
  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: encoder) }
}

/// An object, member by member; the standard library's defaults reach `encode(_:forKey:)`.
struct ValueMemberWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) throws { encoder.target.member(key.stringValue).set(.null) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try value.encode(to: member(key))
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    member(key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }

  private func member(_ key: Key) -> ValueEncoder {
    encoder.descend(encoder.target.member(key.stringValue), key)
  }
}

/// A list, element by element.
struct ValueElementWriter: UnkeyedEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.target.elementCount }

  func encodeNil() throws { encoder.target.element().set(.null) }
  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: element()) }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    element().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder }

  private func element() -> ValueEncoder {
    let index = encoder.target.elementCount
    return encoder.descend(encoder.target.element(), IndexKey(index))
  }
}

// SPDX-License-Identifier: Apache-2.0
// Decoding of a list's elements.
import CJackfield

/// A list, element by element. Every type comes back through the one generic function.
struct ValueElements: UnkeyedDecodingContainer {
  let decoder: ValueDecoder
  private(set) var currentIndex = 0
  private var upcoming: OpaquePointer?

  init(decoder: ValueDecoder) {
    self.decoder = decoder
    upcoming = decoder.value.table.pointee.first(decoder.value.pointer)
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { decoder.value.count }
  var isAtEnd: Bool { upcoming == nil }

  mutating func decodeNil() throws -> Bool {
    guard try peek().value.isNull else { return false }
    advance()
    return true
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { try T(from: $0) } }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try take { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try take { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try take { $0 } }

  private func peek() throws -> ValueDecoder {
    guard let upcoming else {
      throw DecodingError.valueNotFound(
        Any.self, .init(codingPath: codingPath, debugDescription: "the list ends here"))
    }
    let child = ForeignValue(pointer: upcoming, table: decoder.value.table)
    return decoder.descend(child, IndexKey(currentIndex))
  }

  private mutating func take<T>(_ read: (ValueDecoder) throws -> T) throws -> T {
    let result = try read(try peek())
    advance()
    return result
  }

  private mutating func advance() {
    upcoming = upcoming.flatMap { decoder.value.table.pointee.next($0) }
    currentIndex += 1
  }
}

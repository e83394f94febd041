// SPDX-License-Identifier: Apache-2.0
// A place where bytes of strangers come in, and what must hold there whatever they are.

/// One surface under fuzzing: it takes any bytes, must neither crash nor hang, and keeps its
/// properties.
package struct Surface: Sendable {
  /// **Shape** a word: the folder of its corpus, and what a person types.
  package let name: String
  /// One line for a person: what is read, and what must hold.
  package let summary: String
  /// **Unit** bytes. Longer inputs find nothing that shorter ones do not, only slower.
  package let mostBytes: Int
  /// Words of the format, which chance alone would not find.
  package let words: [String]
  /// Looks at one input.
  ///
  /// **Throws** the property that does not hold
  package let examine: @Sendable ([UInt8]) throws(BrokenProperty) -> Void

  /// Every surface, in the order of their names.
  package static let all: [Surface] = [
    .calendar, .condition, .connector, .elf, .file, .frame, .http, .json, .manifest, .pattern,
    .project, .schema, .template,
  ]

  package static func named(_ name: String) -> Surface? { all.first { $0.name == name } }
}

/// What should have held of an input and did not.
package struct BrokenProperty: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// - Parameter property: in words, as it should be
func require(
  _ holds: Bool, _ property: @autoclosure () -> String
) throws(BrokenProperty) {
  if !holds { throw BrokenProperty("does not hold: \(property())") }
}

/// What must not fail: its error is a broken property.
func expect<Value>(
  _ property: String, _ body: () throws -> Value
) throws(BrokenProperty) -> Value {
  do { return try body() } catch { throw BrokenProperty("does not hold: \(property): \(error)") }
}

/// The first line and the rest; without a line break all is the first line.
func split(_ input: [UInt8]) -> (line: String, rest: ArraySlice<UInt8>) {
  let end = input.firstIndex(of: 0x0A) ?? input.endIndex
  return (String(decoding: input[..<end], as: UTF8.self), input[end...].dropFirst())
}

// SPDX-License-Identifier: Apache-2.0
// One use of a formatter on one value: reading the value and the arguments.

import Values

/// A value, the arguments and the surroundings of one use.
package struct FormatterCall: Sendable {
  /// Missing only where the formatter takes that.
  package let value: JSONValue?
  package let arguments: [JSONValue]
  package let context: FormatterContext

  package init(
    _ value: JSONValue?, _ arguments: [JSONValue] = [], context: FormatterContext
  ) {
    self.value = value
    self.arguments = arguments
    self.context = context
  }

  // MARK: The value

  /// The value as text: numbers as written, null as nothing.
  ///
  /// **Throws** for lists and objects
  func text() throws(FormatterRefusal) -> String { try Self.text(value ?? .null, "the value") }

  /// The value as an exact number.
  ///
  /// **Throws** for all but numbers and texts that are one
  func number() throws(FormatterRefusal) -> ExactDecimal {
    try Self.number(value ?? .null, "the value")
  }

  /// The value as a list: one value is one element, null and an empty text are none.
  var elements: [JSONValue] {
    guard let value, !value.isEmpty else { return [] }
    return value.asList ?? [value]
  }

  // MARK: The arguments

  /// An argument; nil where it was left out or is null.
  func argument(_ index: Int) -> JSONValue? {
    guard arguments.indices.contains(index), !arguments[index].isNull else { return nil }
    return arguments[index]
  }

  /// **Throws** where it is no text, or was not there and has no default
  func text(_ index: Int, default: String? = nil) throws(FormatterRefusal) -> String {
    guard let argument = argument(index) else {
      if let `default` { return `default` }
      throw FormatterRefusal("argument \(index + 1) is empty")
    }
    return try Self.text(argument, "argument \(index + 1)")
  }

  /// **Throws** where it is no number
  func number(_ index: Int) throws(FormatterRefusal) -> ExactDecimal {
    guard let argument = argument(index) else {
      throw FormatterRefusal("argument \(index + 1) is empty")
    }
    return try Self.number(argument, "argument \(index + 1)")
  }

  /// A whole number in a range; nil where it was left out.
  ///
  /// **Throws** for anything else
  func whole(_ index: Int, in range: ClosedRange<Int>) throws(FormatterRefusal) -> Int? {
    guard let argument = argument(index) else { return nil }
    guard let whole = ExactDecimal(argument)?.whole, range.contains(whole) else {
      throw FormatterRefusal(
        "argument \(index + 1) is no whole number from \(range.lowerBound) to "
          + "\(range.upperBound)")
    }
    return whole
  }

  private static func text(
    _ value: JSONValue, _ what: String
  ) throws(FormatterRefusal) -> String {
    switch value {
    case .list, .object: throw FormatterRefusal("\(what) is of type \(value.typeName), not a text")
    default: return plainText(value)
    }
  }

  private static func number(
    _ value: JSONValue, _ what: String
  ) throws(FormatterRefusal) -> ExactDecimal {
    guard let number = ExactDecimal(value) else {
      throw FormatterRefusal("\(what), of type \(value.typeName), is not a number")
    }
    return number
  }
}

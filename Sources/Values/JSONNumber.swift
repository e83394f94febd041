// SPDX-License-Identifier: Apache-2.0
// A number as it was written.

/// A JSON number that is not an Int64 written as a plain integer: a fraction, an exponent, `-0`, or
/// digits that do not fit. Kept as text, so writing it back gives the same digits.
///
/// Equality is of the text: `1.10` and `1.1` are two numbers with one `value`.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
  /// As written; always a valid JSON number.
  public let text: String

  /// Rounded to the nearest double; infinite where the text is beyond one.
  public var value: Double { Double(text) ?? .nan }

  public var description: String { text }

  /// The shortest text that reads back as this double; nil for NaN and the infinities.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// Nil when the text is no JSON number, or one that belongs in `JSONValue.integer`.
  public init?(text: String) {
    guard case .number(let number)? = JSONValue(numberText: text) else { return nil }
    self = number
  }

  init(unchecked text: String) { self.text = text }
}

extension JSONValue {
  /// The number a text spells by JSON's grammar: `.integer` where it is exactly an Int64, else
  /// `.number`; nil for anything else, surrounding spaces included.
  public init?(numberText: String) {
    let first = numberText.utf8.first ?? 0
    let last = numberText.utf8.last ?? 0
    guard first == 0x2D || (first >= 0x30 && first <= 0x39), last >= 0x30, last <= 0x39 else {
      return nil
    }
    guard let value = try? JSONValue(parsing: numberText) else { return nil }
    switch value {
    case .integer, .number: self = value
    default: return nil
    }
  }

  /// A computed number: `.integer` where the double is whole and exact (below 2^53), else
  /// `.number`; nil for NaN and the infinities.
  public init?(double: Double) {
    guard let number = JSONNumber(double) else { return nil }
    // Not `Int64(exactly:)`: that would link the C mathematics library for one rounding.
    if double.magnitude <= 9_007_199_254_740_992, Double(Int64(double)) == double {
      self = .integer(Int64(double))
    } else {
      self = .number(number)
    }
  }
}

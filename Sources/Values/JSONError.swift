// SPDX-License-Identifier: Apache-2.0
// Why a text is no JSON we accept, and where.

/// A refused JSON text, or a mistake made while building one.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, snake_case: `empty`, `byte_order_mark`, `unexpected_character`, `unexpected_end`,
  /// `trailing_content`, `invalid_utf8`, `invalid_escape`, `lone_surrogate`, `control_character`,
  /// `invalid_number`, `too_deep`, `too_large`, `too_many_values`; of the builder
  /// `key_outside_object`, `value_without_key`, `key_without_value`, `unbalanced_end`,
  /// `unfinished`, `second_value`, `not_finite`.
  public let code: String
  /// In plain words, with the offending character shown safely; never more of the payload.
  public let reason: String
  /// **Unit**: bytes from the start of the text.
  public let offset: Int
  /// Counted from 1; 0 where there is no text (a builder's mistake).
  public let line: Int
  /// **Unit**: Unicode scalars, counted from 1.
  public let column: Int

  public init(code: String, reason: String, offset: Int, line: Int, column: Int) {
    self.code = code
    self.reason = reason
    self.offset = offset
    self.line = line
    self.column = column
  }

  public var description: String {
    line == 0 ? reason : "line \(line), column \(column): \(reason)"
  }

  /// The error at a byte of a text; the position is counted only now, so parsing pays nothing.
  init(_ code: String, _ reason: String, at offset: Int, in source: UnsafeBufferPointer<UInt8>) {
    var line = 1
    var column = 1
    var previous: UInt8 = 0
    for byte in source.prefix(offset) {
      if byte == 0x0A && previous == 0x0D {
        // The second half of one line break.
      } else if byte == 0x0A || byte == 0x0D {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      previous = byte
    }
    self.init(code: code, reason: reason, offset: offset, line: line, column: column)
  }

  /// A mistake that has no place in a text.
  init(_ code: String, _ reason: String) {
    self.init(code: code, reason: reason, offset: 0, line: 0, column: 0)
  }
}

extension JSONError {
  /// The character at a byte, fit for a message: `"x"`, or its number where it does not print.
  static func shown(at offset: Int, in source: UnsafeBufferPointer<UInt8>) -> String {
    guard offset < source.count else { return "the end of the text" }
    let byte = source[offset]
    switch byte {
    case 0x22: return "a quotation mark"
    case 0x21...0x7E: return "\"\(Unicode.Scalar(byte))\""
    case 0x20: return "a space"
    case 0x0A, 0x0D: return "a line break"
    case 0x09: return "a tab"
    case ..<0x20, 0x7F: return "control character \(codePoint(UInt32(byte)))"
    default:
      let length = UTF8Scan.sequenceLength(
        source.baseAddress.map { $0 + offset }, source.count - offset)
      guard length > 0 else { return "byte 0x\(hex(UInt32(byte), 2))" }
      var scalars = String(decoding: source[offset..<offset + length], as: UTF8.self)
        .unicodeScalars.makeIterator()
      return codePoint(scalars.next()?.value ?? 0xFFFD)
    }
  }

  static func codePoint(_ value: UInt32) -> String { "U+\(hex(value, 4))" }

  static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}

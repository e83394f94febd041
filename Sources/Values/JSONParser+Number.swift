// SPDX-License-Identifier: Apache-2.0
// Numbers: an Int64 where it is one, else the digits as they stand.

extension JSONParser {
  @inline(__always)
  mutating func number<Sink: JSONSink & ~Copyable>(_ sink: inout Sink) throws(JSONError) {
    let first = at
    let isNegative = at[0] == 0x2D
    if isNegative { at += 1 }
    guard at < end, isDigit(at[0]) else { throw notANumber("a digit must follow the minus sign") }
    let digits = at
    var magnitude: UInt64 = 0
    while at < end, isDigit(at[0]) {
      // Wraps beyond nineteen digits; such a number is kept as text.
      magnitude = magnitude &* 10 &+ UInt64(at[0] &- 0x30)
      at += 1
    }
    let length = at - digits
    if length > 1, digits[0] == 0x30 {
      at = digits + 1
      throw notANumber("a number does not begin with 0")
    }
    var isInteger = length < 20
    if at < end, at[0] == 0x2E || at[0] | 0x20 == 0x65 {
      try fractionAndExponent()
      isInteger = false
    }
    let written = UnsafeBufferPointer(start: first, count: at - first)
    let bound: UInt64 = isNegative ? 1 << 63 : 1 << 63 - 1
    if isInteger, magnitude <= bound, !(isNegative && magnitude == 0) {
      sink.integer(
        Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude), written: written)
    } else {
      sink.number(written: written)
    }
  }

  @inline(never)
  private mutating func fractionAndExponent() throws(JSONError) {
    if at[0] == 0x2E {
      at += 1
      guard at < end, isDigit(at[0]) else { throw notANumber("a digit must follow the point") }
      while at < end, isDigit(at[0]) { at += 1 }
    }
    guard at < end, at[0] | 0x20 == 0x65 else { return }
    at += 1
    if at < end, at[0] == 0x2B || at[0] == 0x2D { at += 1 }
    guard at < end, isDigit(at[0]) else { throw notANumber("a digit must follow the exponent") }
    while at < end, isDigit(at[0]) { at += 1 }
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

  @inline(never)
  private func notANumber(_ rule: String) -> JSONError {
    failure("invalid_number", "\(rule), found \(shown())")
  }
}

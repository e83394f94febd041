// SPDX-License-Identifier: Apache-2.0
// The integer a number is, where it is one, without a detour through a double.

extension JSONNumber {
  /// The integer with exactly this value: 12 for `12.0` and `1.2e1`, nil for `12.5`, and for
  /// anything that does not fit.
  public var exactInteger: Int64? {
    var digits: [UInt8] = []
    var exponent = 0
    var scale = 0
    var isNegative = false
    var rest = Array(text.utf8)[...]
    if rest.first == 0x2D {
      isNegative = true
      rest = rest.dropFirst()
    }
    var isFraction = false
    while let byte = rest.first, byte | 0x20 != 0x65 {
      if byte == 0x2E {
        isFraction = true
      } else {
        digits.append(byte - 0x30)
        if isFraction { scale += 1 }
      }
      rest = rest.dropFirst()
    }
    if !rest.isEmpty {
      // An exponent beyond these digits' reach is no Int64 unless the number is 0.
      guard let written = Int(String(decoding: rest.dropFirst(), as: UTF8.self)) else {
        return digits.allSatisfy { $0 == 0 } ? 0 : nil
      }
      exponent = written
    }
    return Self.integer(digits, shift: exponent.subtractingReportingOverflow(scale), isNegative)
  }

  private static func integer(
    _ digits: [UInt8], shift: (partialValue: Int, overflow: Bool), _ isNegative: Bool
  ) -> Int64? {
    var digits = digits[...].drop { $0 == 0 }
    if digits.isEmpty { return 0 }
    guard !shift.overflow, shift.partialValue < 19 else { return nil }
    var shift = shift.partialValue
    while shift < 0 {
      guard digits.popLast() == 0 else { return nil }
      shift += 1
    }
    var result: Int64 = 0
    for digit in digits + [UInt8](repeating: 0, count: shift) {
      let tenfold = result.multipliedReportingOverflow(by: 10)
      // Counted downwards, since the least Int64 has no positive counterpart.
      let next = tenfold.partialValue.subtractingReportingOverflow(Int64(digit))
      if tenfold.overflow || next.overflow { return nil }
      result = next.partialValue
    }
    if isNegative { return result }
    return result == .min ? nil : -result
  }
}

extension JSONValue {
  /// The integer this number is exactly, however it is written; nil for everything else.
  public var exactInteger: Int64? {
    switch self {
    case .integer(let integer): integer
    case .number(let number): number.exactInteger
    default: nil
    }
  }
}

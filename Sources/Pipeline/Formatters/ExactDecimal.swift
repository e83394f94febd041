// SPDX-License-Identifier: Apache-2.0
// Decimal numbers for money: what is written is what is calculated with.

import Values

/// A decimal number of up to 34 significant digits. `0.1` is a tenth: nothing passes through binary
/// fractions. A result that needs more digits is rounded half even to 34, as IEEE 754's decimal128
/// is.
package struct ExactDecimal: Sendable, Hashable {
  package static let digits = 34
  /// Beyond this power of ten a number is refused.
  static let maximalExponent = 6_000

  let isNegative: Bool
  /// Below 10^34, and not divisible by ten unless it is 0.
  let coefficient: UInt128
  let exponent: Int

  package static let zero = ExactDecimal(false, 0, 0)

  private init(_ isNegative: Bool, _ coefficient: UInt128, _ exponent: Int) {
    (self.isNegative, self.coefficient, self.exponent) = (isNegative, coefficient, exponent)
  }

  /// Rounds half even to 34 digits; nil out of range.
  init?(isNegative: Bool, coefficient: UInt128, exponent: Int) {
    var (rest, power) = (coefficient, exponent)
    let excess = Self.digitCount(rest) - Self.digits
    if excess > 0 {
      rest = Self.shifted(rest, dropping: excess, .halfEven, isNegative: isNegative)
      power += excess
    }
    while rest != 0, rest % 10 == 0 {
      rest /= 10
      power += 1
    }
    guard rest != 0 else {
      self = .zero
      return
    }
    guard power.magnitude <= Self.maximalExponent else { return nil }
    self.init(isNegative, rest, power)
  }

  package init(_ integer: Int64) {
    self =
      ExactDecimal(
        isNegative: integer < 0, coefficient: UInt128(integer.magnitude), exponent: 0) ?? .zero
  }

  /// A number, or a text that is one (`" 12 "`, `"+3.5"`, `"1e3"`); nil for anything else.
  package init?(_ value: JSONValue) {
    switch value {
    case .integer(let integer): self.init(integer)
    case .number(let number): self.init(text: number.text)
    case .text(let text): self.init(text: trimmed(text))
    default: return nil
    }
  }

  /// As an Int, where it is a whole number that fits.
  package var whole: Int? {
    guard exponent >= 0, exponent < 20 else { return nil }
    let (value, isOver) = coefficient.multipliedReportingOverflow(by: Self.power(exponent))
    guard !isOver, value <= UInt128(Int.max) else { return nil }
    return isNegative ? -Int(value) : Int(value)
  }

  static let powers: [UInt128] = (0...38).reduce(into: []) { powers, index in
    powers.append(index == 0 ? 1 : powers[index - 1] * 10)
  }

  /// 10^n for n from 0 to 38.
  static func power(_ exponent: Int) -> UInt128 { powers[exponent] }

  static func digitCount(_ number: UInt128) -> Int {
    powers.firstIndex { number < $0 } ?? 39
  }

  /// A coefficient without its last digits, rounded.
  static func shifted(
    _ coefficient: UInt128, dropping count: Int, _ rounding: DecimalRounding, isNegative: Bool
  ) -> UInt128 {
    guard count > 0 else { return coefficient }
    let divisor = count > 38 ? 0 : power(count)
    // More is dropped than there is: what is left is a fraction below a half.
    let (quotient, rest) =
      divisor == 0 ? (0, coefficient) : coefficient.quotientAndRemainder(dividingBy: divisor)
    let half = divisor / 2
    let side =
      rest == 0
      ? DecimalRounding.Rest.none
      : divisor == 0 || rest < half ? .below : rest == half ? .half : .above
    let goesUp = rounding.goesUp(side, isOdd: quotient % 2 == 1, isNegative: isNegative)
    return quotient + (goesUp ? 1 : 0)
  }
}

/// What becomes of digits that are dropped.
package enum DecimalRounding: String, Sendable, Hashable, CaseIterable {
  /// To the nearest; a half away from zero, as people do it.
  case halfUp = "half_up"
  /// To the nearest; a half to the even digit.
  case halfEven = "half_even"
  /// Towards the greater number, and towards the lesser.
  case up, down

  enum Rest { case none, below, half, above }

  func goesUp(_ rest: Rest, isOdd: Bool, isNegative: Bool) -> Bool {
    switch self {
    case .halfUp: rest == .half || rest == .above
    case .halfEven: rest == .above || rest == .half && isOdd
    case .up: rest != .none && !isNegative
    case .down: rest != .none && isNegative
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Calculating with decimal numbers.

extension ExactDecimal {
  var negated: ExactDecimal {
    ExactDecimal(isNegative: !isNegative, coefficient: coefficient, exponent: exponent) ?? .zero
  }

  /// Rounded to so many places after the point; negative ones are before it.
  func rounded(places: Int, _ rounding: DecimalRounding = .halfUp) -> ExactDecimal? {
    let excess = -places - exponent
    guard excess > 0 else { return self }
    return ExactDecimal(
      isNegative: isNegative,
      coefficient: Self.shifted(
        coefficient, dropping: excess, rounding, isNegative: isNegative),
      exponent: -places)
  }

  /// Nil where the result is out of range, here and below.
  func adding(_ other: ExactDecimal) -> ExactDecimal? {
    if coefficient == 0 { return other }
    if other.coefficient == 0 { return self }
    let (high, low) = exponent >= other.exponent ? (self, other) : (other, self)
    // The one with the greater power gets as many zeros as fit, then the other loses digits; one
    // more digit says whether what it lost was nothing.
    let gap = high.exponent - low.exponent
    let zeros = min(gap, 36 - Self.digitCount(high.coefficient))
    let left = high.coefficient * Self.power(zeros) * 10
    let lost = gap - zeros
    var right = low.coefficient * 10
    if lost > 0 {
      let divisor = lost > 38 ? UInt128.max : Self.power(lost)
      let (quotient, rest) = low.coefficient.quotientAndRemainder(dividingBy: divisor)
      right = quotient * 10 + (rest == 0 ? 0 : 1)
    }
    let power = high.exponent - zeros - 1
    if high.isNegative == low.isNegative {
      return ExactDecimal(
        isNegative: high.isNegative, coefficient: left + right, exponent: power)
    }
    return ExactDecimal(
      isNegative: left >= right ? high.isNegative : low.isNegative,
      coefficient: left >= right ? left - right : right - left, exponent: power)
  }

  func multiplied(by other: ExactDecimal) -> ExactDecimal? {
    let isNegative = isNegative != other.isNegative
    let product = coefficient.multipliedFullWidth(by: other.coefficient)
    let power = exponent + other.exponent
    // 36 digits are kept, and one that says whether the rest was nothing.
    let dropped =
      max(0, Self.digitCount(coefficient) + Self.digitCount(other.coefficient) - 36)
    guard dropped > 0 else {
      return ExactDecimal(isNegative: isNegative, coefficient: product.low, exponent: power)
    }
    let (quotient, rest) = Self.power(dropped).dividingFullWidth(product)
    return ExactDecimal(
      isNegative: isNegative, coefficient: quotient * 10 + (rest == 0 ? 0 : 1),
      exponent: power + dropped - 1)
  }

  /// Rounded half even to so many places after the point, and to 34 digits.
  func divided(by other: ExactDecimal, places: Int) -> ExactDecimal? {
    guard other.coefficient != 0 else { return nil }
    guard coefficient != 0 else { return .zero }
    var (quotient, rest) = coefficient.quotientAndRemainder(dividingBy: other.coefficient)
    var power = exponent - other.exponent
    // One place more than is asked for, or one digit more than is kept.
    while rest != 0, power > -places - 1, quotient < Self.power(Self.digits) {
      let (digit, next) = (rest * 10).quotientAndRemainder(dividingBy: other.coefficient)
      (quotient, rest) = (quotient * 10 + digit, next)
      power -= 1
    }
    // A digit that says whether the rest was nothing.
    quotient = quotient * 10 + (rest == 0 ? 0 : 1)
    power -= 1
    let isNegative = isNegative != other.isNegative
    let excess = -places - power
    // Where the number of digits is the narrower bound, rounding to it is enough, and is done once.
    if excess > 0, Self.digitCount(quotient) - excess <= Self.digits {
      quotient = Self.shifted(quotient, dropping: excess, .halfEven, isNegative: isNegative)
      power = -places
    }
    return ExactDecimal(isNegative: isNegative, coefficient: quotient, exponent: power)
  }
}

extension ExactDecimal: Comparable {
  package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? isLess(right, left) : isLess(left, right)
  }

  /// Without their signs.
  private static func isLess(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
    if left.coefficient == 0 || right.coefficient == 0 {
      return left.coefficient < right.coefficient
    }
    let (first, second) = (digitCount(left.coefficient), digitCount(right.coefficient))
    let (leading, other) = (first + left.exponent, second + right.exponent)
    guard leading == other else { return leading < other }
    return left.coefficient * power(digits - first) < right.coefficient * power(digits - second)
  }
}

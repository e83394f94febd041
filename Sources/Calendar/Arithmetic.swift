// SPDX-License-Identifier: Apache-2.0
// Division that rounds down, as a calendar needs it before 1970.

/// The quotient rounded towards minus infinity.
func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

/// What is left of that division: never negative.
func floorRemainder(_ value: Int64, by divisor: Int64) -> Int64 {
  let rest = value % divisor
  return rest < 0 ? rest + divisor : rest
}

// SPDX-License-Identifier: Apache-2.0
// Random values and texts from a seed, so that a failure can be repeated.

import Values

/// SplitMix64: small, and the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SeededGenerator {
  mutating func value(depth: Int = 0) -> JSONValue {
    switch UInt64.random(in: 0..<(depth < 5 ? 9 : 6), using: &self) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &self))
    case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
    case 3: return .integer(Int64.random(in: -100...100, using: &self))
    case 4: return number()
    case 5: return .text(text())
    case 6:
      let count = Int.random(in: 0...6, using: &self)
      return .list((0..<count).map { _ in value(depth: depth + 1) })
    default:
      var object = JSONObject()
      let isLarge = depth == 0 && Int.random(in: 0..<10, using: &self) == 0
      for _ in 0..<Int.random(in: 0...(isLarge ? 80 : 6), using: &self) {
        object[text()] = value(depth: depth + 1)
      }
      return .object(object)
    }
  }

  private mutating func number() -> JSONValue {
    let bits = UInt64.random(in: .min ... .max, using: &self)
    return JSONNumber(Double(bitPattern: bits)).map(JSONValue.number) ?? 0.5
  }

  mutating func text() -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...24, using: &self) {
      let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x61...0x7A, 0x00...0x1F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF,
        0x10000...0x10FFFF, 0x22...0x22, 0x5C...0x5C,
      ]
      let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Decimal numbers from text and to text.

import Values

extension ExactDecimal {
  /// Digits with an optional sign, point and power of ten; nil for anything else.
  init?(text: String) {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    var gathered = Digits()
    gathered.take(&bytes)
    if bytes.first == UInt8(ascii: ".") {
      bytes.removeFirst()
      gathered.isFraction = true
      gathered.take(&bytes)
    }
    guard gathered.count > 0 else { return nil }
    var exponent = gathered.exponent
    if let letter = bytes.first {
      guard letter | 0x20 == UInt8(ascii: "e") else { return nil }
      guard let power = Self.power(of: bytes.dropFirst()) else { return nil }
      exponent += power
    }
    // A digit behind those kept tells a half from a little more than a half.
    if gathered.isCut {
      gathered.coefficient = gathered.coefficient * 10 + (gathered.hasRest ? 1 : 0)
      exponent -= 1
    }
    self.init(isNegative: isNegative, coefficient: gathered.coefficient, exponent: exponent)
  }

  /// The digits of a number, as many as matter.
  private struct Digits {
    var coefficient: UInt128 = 0
    var exponent = 0
    var count = 0
    var isFraction = false
    /// Whether digits were not kept, and whether one of those was not 0.
    var isCut = false
    var hasRest = false

    mutating func take(_ bytes: inout ArraySlice<UInt8>) {
      while let byte = bytes.first, (48...57).contains(byte) {
        bytes.removeFirst()
        count += 1
        if coefficient < ExactDecimal.power(36) {
          coefficient = coefficient * 10 + UInt128(byte - 48)
          if isFraction { exponent -= 1 }
        } else {
          isCut = true
          if byte != 48 { hasRest = true }
          if !isFraction { exponent += 1 }
        }
      }
    }
  }

  /// The power behind an `e`: far beyond the range is as good as beyond it.
  private static func power(of bytes: ArraySlice<UInt8>) -> Int? {
    var bytes = bytes
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    guard !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let power = bytes.reduce(0) { min($0 * 10 + Int($1 - 48), 1_000_000_000) }
    return isNegative ? -power : power
  }

  /// As a JSON number: with a power of ten only where the zeros would be many.
  package var jsonValue: JSONValue { JSONValue(numberText: description) ?? 0 }

  /// The number with exactly as many places; nil where it has too many digits for that.
  func fixed(places: Int, point: String, group: String) -> String? {
    guard let rounded = rounded(places: places), rounded.exponent < 200 else { return nil }
    let (whole, fraction) = rounded.plainDigits
    var text = rounded.isNegative ? "-" : ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { text += group }
      text.unicodeScalars.append(Unicode.Scalar(digit))
    }
    guard places > 0 else { return text }
    let padding = String(repeating: "0", count: places - fraction.count)
    return text + point + String(decoding: fraction, as: UTF8.self) + padding
  }

  /// How many places it has after the point.
  var places: Int { max(0, -exponent) }

  /// The digits before and after the point.
  private var plainDigits: (whole: [UInt8], fraction: [UInt8]) {
    var digits = Array(String(coefficient).utf8)
    if exponent >= 0 {
      if coefficient != 0 { digits += [UInt8](repeating: 48, count: exponent) }
      return (digits, [])
    }
    let missing = 1 - exponent - digits.count
    if missing > 0 { digits = [UInt8](repeating: 48, count: missing) + digits }
    let point = digits.count + exponent
    return (Array(digits[..<point]), Array(digits[point...]))
  }
}

extension ExactDecimal: CustomStringConvertible {
  package var description: String {
    let sign = isNegative ? "-" : ""
    // Within these bounds zeros say it more plainly than a power of ten.
    guard exponent <= 20, exponent >= -40 else { return "\(sign)\(coefficient)e\(exponent)" }
    let (whole, fraction) = plainDigits
    let text = sign + String(decoding: whole, as: UTF8.self)
    return fraction.isEmpty ? text : text + "." + String(decoding: fraction, as: UTF8.self)
  }
}

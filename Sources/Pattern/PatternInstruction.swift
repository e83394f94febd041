// SPDX-License-Identifier: Apache-2.0
// What the program of a pattern consists of.

/// One place of a program.
enum PatternInstruction: Sendable {
  case scalar(UInt32)
  case set(ScalarSet)
  /// Both, the first preferred.
  case split(Int, Int)
  case jump(Int)
  case atStart
  case atEnd
  /// Whether an edge of a word is wanted, or none.
  case edge(Bool)
  case match
}

/// Which scalars a place takes.
struct ScalarSet: Sendable {
  /// Sorted and apart from each other.
  private(set) var ranges: [ClosedRange<UInt32>]
  let isNegated: Bool
  let ignoresCase: Bool

  init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound {
        self.ranges[self.ranges.count - 1] =
          last.lowerBound...Swift.max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  /// The same set that takes a letter in either case.
  var ignoringCase: ScalarSet {
    ScalarSet(ranges, isNegated: isNegated, ignoresCase: true)
  }

  func contains(_ scalar: UInt32) -> Bool {
    var isIn = has(scalar)
    if !isIn, ignoresCase, let letter = Unicode.Scalar(scalar) {
      isIn = has(PatternCase.lower(letter)) || has(PatternCase.upper(letter))
    }
    return isIn != isNegated
  }

  private func has(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(scalar)
  }

  static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  static let word: [ClosedRange<UInt32>] = [
    0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
  ]
  static let space: [ClosedRange<UInt32>] = [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ]

  /// The ranges of everything that is in none of these.
  static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var low: UInt32 = 0
    for range in ScalarSet(ranges).ranges {
      if range.lowerBound > low { result.append(low...(range.lowerBound - 1)) }
      low = range.upperBound + 1
    }
    return low <= 0x10FFFF ? result + [low...0x10FFFF] : result
  }
}

/// Letters in the other case, one scalar for one: what becomes several stays as it is.
enum PatternCase {
  static func lower(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.isASCII { return (65...90).contains(scalar.value) ? scalar.value + 32 : scalar.value }
    return single(scalar.properties.lowercaseMapping) ?? scalar.value
  }

  static func upper(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.isASCII {
      return (97...122).contains(scalar.value) ? scalar.value - 32 : scalar.value
    }
    return single(scalar.properties.uppercaseMapping) ?? scalar.value
  }

  private static func single(_ mapping: String) -> UInt32? {
    let scalars = mapping.unicodeScalars
    return scalars.count == 1 ? scalars.first?.value : nil
  }
}

// SPDX-License-Identifier: Apache-2.0
// From a pattern's text to its tree.

/// Reads a pattern; says what it does not support, and where.
struct PatternParser {
  typealias Failure = SchemaPattern.Failure
  typealias ScalarSet = SchemaPattern.ScalarSet

  /// Groups nest no deeper, so the recursion below is bounded.
  static let maximalDepth = 20
  static let maximalRepeat = 1_000

  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  init(_ source: String) { scalars = Array(source.unicodeScalars) }

  private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  mutating func parse() throws(Failure) -> PatternTree {
    let tree = try choice()
    if next != nil { throw failure("a ) without its (") }
    return tree
  }

  private mutating func choice() throws(Failure) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximalDepth { throw failure("groups nest too deep") }
    var options = [try sequence()]
    while take("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence() throws(Failure) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let part = try atom()
      parts.append(try repetition(of: part))
    }
    return parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func atom() throws(Failure) -> PatternTree {
    guard let scalar = next else { return .empty }
    at += 1
    switch scalar {
    case "^": return .atStart
    case "$": return .atEnd
    case ".": return .one(ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D], isNegated: true))
    case "(":
      if take("?"), !take(":") { throw failure("look-around and named groups are not supported") }
      let inner = try choice()
      guard take(")") else { throw failure("a ( without its )") }
      return inner
    case "[": return .one(try set())
    case "\\":
      switch try escape() {
      case .scalar(let value): return .scalar(value)
      case .set(let set): return .one(set)
      }
    case "*", "+", "?", "{": throw failure("nothing to repeat before \(scalar)")
    default: return .scalar(scalar.value)
    }
  }

  private mutating func repetition(of part: PatternTree) throws(Failure) -> PatternTree {
    var least: Int
    var most: Int?
    if take("*") {
      (least, most) = (0, nil)
    } else if take("+") {
      (least, most) = (1, nil)
    } else if take("?") {
      (least, most) = (0, 1)
    } else if take("{") {
      (least, most) = try counts()
    } else {
      return part
    }
    // Greedy or not makes no difference to whether a text matches.
    _ = take("?")
    if let next, "*+?{".unicodeScalars.contains(next) {
      throw failure("a repetition of a repetition")
    }
    return .repeated(part, least: least, most: most)
  }

  private mutating func counts() throws(Failure) -> (Int, Int?) {
    let least = try count()
    var most: Int? = least
    if take(",") { most = next == "}" ? nil : try count() }
    guard take("}") else { throw failure("a { without its }") }
    if let most, most < least { throw failure("the counts in braces are the wrong way round") }
    return (least, most)
  }

  private mutating func count() throws(Failure) -> Int {
    var value: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      value = (value ?? 0) * 10 + Int(digit.value - 0x30)
      if value ?? 0 > Self.maximalRepeat {
        throw failure("a count above \(Self.maximalRepeat)")
      }
      at += 1
    }
    guard let value else { throw failure("a count is wanted in braces") }
    return value
  }

  private mutating func set() throws(Failure) -> ScalarSet {
    var set = ScalarSet()
    set.isNegated = take("^")
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      let low = try setMember()
      guard case .scalar(let start) = low, next == "-", at + 1 < scalars.count,
        scalars[at + 1] != "]"
      else {
        switch low {
        case .scalar(let value): set.ranges.append(value...value)
        case .set(let inner):
          set.ranges += inner.isNegated ? Self.complement(inner.ranges) : inner.ranges
        }
        continue
      }
      at += 1
      guard case .scalar(let end) = try setMember(), end >= start else {
        throw failure("a range in brackets is the wrong way round")
      }
      set.ranges.append(start...end)
    }
    guard take("]") else { throw failure("a [ without its ]") }
    return set
  }

  private enum Member {
    case scalar(UInt32)
    case set(ScalarSet)
  }

  private mutating func setMember() throws(Failure) -> Member {
    guard let scalar = next else { throw failure("a [ without its ]") }
    at += 1
    return scalar == "\\" ? try escape() : .scalar(scalar.value)
  }

  private mutating func escape() throws(Failure) -> Member {
    guard let letter = next else { throw failure("nothing after the last backslash") }
    at += 1
    switch letter {
    case "d", "D": return .set(ScalarSet(ranges: Self.digits, isNegated: letter == "D"))
    case "w", "W": return .set(ScalarSet(ranges: Self.word, isNegated: letter == "W"))
    case "s", "S": return .set(ScalarSet(ranges: Self.space, isNegated: letter == "S"))
    case "n": return .scalar(0x0A)
    case "r": return .scalar(0x0D)
    case "t": return .scalar(0x09)
    case "u":
      let end = Swift.min(at + 4, scalars.count)
      let text = String(String.UnicodeScalarView(scalars[at..<end]))
      guard text.utf8.count == 4, let value = UInt32(text, radix: 16) else {
        throw failure("\\u needs four hexadecimal digits")
      }
      at = end
      return .scalar(value)
    case _ where letter.isASCII && (letter.properties.isAlphabetic || letter.value &- 0x30 <= 9):
      throw failure("\\\(letter) is not supported")
    default: return .scalar(letter.value)
    }
  }

  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let word: [ClosedRange<UInt32>] = [
    0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
  ]
  private static let space: [ClosedRange<UInt32>] = [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x2028...0x2029, 0xFEFF...0xFEFF,
  ]

  private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var low: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > low { result.append(low...(range.lowerBound - 1)) }
      low = range.upperBound + 1
    }
    return result + [low...0x10FFFF]
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  private func failure(_ reason: String) -> Failure {
    Failure(reason: "\(reason), at character \(at)")
  }
}

// SPDX-License-Identifier: Apache-2.0
// From a pattern's text to its tree.

/// Reads a pattern; says what it does not support, and where.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  init(_ source: String) throws(PatternError) {
    scalars = Array(source.unicodeScalars.prefix(PatternLimits.source + 1))
    if scalars.count > PatternLimits.source {
      throw PatternError(
        "pattern_too_large", "the pattern is longer than \(PatternLimits.source) characters",
        at: PatternLimits.source)
    }
  }

  private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  mutating func parse() throws(PatternError) -> PatternTree {
    let tree = try choice()
    if next != nil { throw failure("a ) without its (", at: at) }
    return tree
  }

  private mutating func choice() throws(PatternError) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    if depth > PatternLimits.depth {
      throw failure("groups nest more than \(PatternLimits.depth) deep", at: at - 1)
    }
    var options = [try sequence()]
    while take("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let part = try atom()
      parts.append(try repetition(of: part))
    }
    return parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func atom() throws(PatternError) -> PatternTree {
    guard let scalar = next else { return .empty }
    let start = at
    at += 1
    switch scalar {
    case "^": return .atStart
    case "$": return .atEnd
    case ".": return .one(ScalarSet([0x0A...0x0A, 0x0D...0x0D], isNegated: true))
    case "(":
      if take("?"), !take(":") { throw unsupportedGroup(at: start) }
      let inner = try choice()
      guard take(")") else { throw failure("a ( without its )", at: start) }
      return inner
    case "[": return .one(try set())
    case "\\":
      if take("b") { return .edge(true) }
      if take("B") { return .edge(false) }
      switch try escape() {
      case .scalar(let value): return .scalar(value)
      case .set(let set): return .one(set)
      }
    case "*", "+", "?", "{": throw failure("nothing to repeat before \(scalar)", at: start)
    default: return .scalar(scalar)
    }
  }

  /// What stands after `(?`, by its name.
  private func unsupportedGroup(at start: Int) -> PatternError {
    let after = String(String.UnicodeScalarView(scalars[at..<Swift.min(at + 2, scalars.count)]))
    let what =
      switch (after.first, after) {
      case ("=", _), ("!", _): "look-ahead is"
      case (_, "<="), (_, "<!"): "look-behind is"
      case ("<", _), ("P", _), ("'", _): "named groups are"
      case (">", _): "atomic groups are"
      default: "options inside a pattern are"
      }
    return PatternError("pattern_not_supported", "\(what) not supported", at: start)
  }

  private mutating func repetition(of part: PatternTree) throws(PatternError) -> PatternTree {
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
    let isLazy = take("?")
    if let next, "*+?{".unicodeScalars.contains(next) {
      throw failure("a repetition of a repetition", at: at)
    }
    return .repeated(part, PatternRepetition(least: least, most: most, isLazy: isLazy))
  }

  private mutating func counts() throws(PatternError) -> (Int, Int?) {
    let start = at - 1
    let least = try count()
    var most: Int? = least
    if take(",") { most = next == "}" ? nil : try count() }
    guard take("}") else { throw failure("a { without its }", at: start) }
    if let most, most < least {
      throw failure("the counts in braces are the wrong way round", at: start)
    }
    return (least, most)
  }

  private mutating func count() throws(PatternError) -> Int {
    let start = at
    var value: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      value = (value ?? 0) * 10 + Int(digit.value - 0x30)
      if value ?? 0 > PatternLimits.count {
        throw PatternError(
          "pattern_too_large", "a count above \(PatternLimits.count)", at: start)
      }
      at += 1
    }
    guard let value else { throw failure("a count is wanted in braces", at: start) }
    return value
  }

  private mutating func set() throws(PatternError) -> ScalarSet {
    let start = at - 1
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      let member = at
      let low = try setMember(start)
      guard case .scalar(let first) = low, next == "-", at + 1 < scalars.count,
        scalars[at + 1] != "]"
      else {
        switch low {
        case .scalar(let scalar): ranges.append(scalar.value...scalar.value)
        case .set(let inner):
          ranges += inner.isNegated ? ScalarSet.complement(inner.ranges) : inner.ranges
        }
        continue
      }
      at += 1
      guard case .scalar(let last) = try setMember(start), last >= first else {
        throw failure("a range in brackets is the wrong way round", at: member)
      }
      ranges.append(first.value...last.value)
    }
    guard take("]") else { throw failure("a [ without its ]", at: start) }
    return ScalarSet(ranges, isNegated: isNegated)
  }

  private enum Member {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
  }

  private mutating func setMember(_ opening: Int) throws(PatternError) -> Member {
    guard let scalar = next else { throw failure("a [ without its ]", at: opening) }
    at += 1
    return scalar == "\\" ? try escape() : .scalar(scalar)
  }

  /// What a backslash means; it has just been taken.
  private mutating func escape() throws(PatternError) -> Member {
    let start = at - 1
    guard let letter = next else {
      throw failure("nothing after the last backslash", at: start)
    }
    at += 1
    switch letter {
    case "d", "D": return .set(ScalarSet(ScalarSet.digits, isNegated: letter == "D"))
    case "w", "W": return .set(ScalarSet(ScalarSet.word, isNegated: letter == "W"))
    case "s", "S": return .set(ScalarSet(ScalarSet.space, isNegated: letter == "S"))
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "f": return .scalar("\u{0C}")
    case "v": return .scalar("\u{0B}")
    case "u": return .scalar(try hexadecimal(start))
    case _ where letter.isASCII && (letter.properties.isAlphabetic || letter.value &- 0x30 <= 9):
      throw unsupportedEscape(letter, at: start)
    default: return .scalar(letter)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(PatternError) -> Unicode.Scalar {
    let digits = scalars[at..<Swift.min(at + 4, scalars.count)]
    guard digits.count == 4, digits.allSatisfy(\.properties.isASCIIHexDigit),
      let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw failure("\\u needs the four hexadecimal digits of a character", at: start) }
    at += 4
    return scalar
  }

  private func unsupportedEscape(_ letter: Unicode.Scalar, at start: Int) -> PatternError {
    let what =
      switch letter {
      case "1"..."9", "k": "back-references (\\\(letter)) are not supported"
      case "p", "P": "Unicode properties (\\\(letter)) are not supported: write a class"
      case "A", "z", "Z", "G": "\\\(letter) is not supported: use ^ or $"
      case "b", "B": "\\\(letter) is not supported in brackets"
      default: "\\\(letter) is not supported"
      }
    return PatternError("pattern_not_supported", what, at: start)
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  private func failure(_ reason: String, at offset: Int) -> PatternError {
    PatternError("bad_pattern", reason, at: offset)
  }
}

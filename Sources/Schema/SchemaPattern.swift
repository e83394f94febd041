// SPDX-License-Identifier: Apache-2.0
// Regular expressions for `pattern`, in time linear in the text.

/// A compiled `pattern`. All alternatives advance side by side, so no text can make one slow;
/// look-around and back-references, which would, are refused.
///
/// Letters are Unicode scalars. Known: literals, `.`, `[…]`, `[^…]`, `\d \w \s` and their
/// opposites, `^`, `$`, `(…)`, `(?:…)`, `|`, `* + ? {n} {n,} {n,m}`, `\n \r \t \uXXXX`, escaped
/// punctuation.
/// As in JSON Schema it may match anywhere unless anchored.
struct SchemaPattern: Sendable {
  /// What is wrong with a pattern.
  struct Failure: Error, Sendable {
    let reason: String
  }

  /// Which scalars a place takes.
  struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: UInt32) -> Bool {
      ranges.contains { $0.contains(scalar) } != isNegated
    }
  }

  enum Instruction: Sendable {
    case scalar(UInt32)
    case set(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case atStart
    case atEnd
    case match
  }

  /// The work for each scalar of the text is at most this many steps.
  static let maximalLength = 4_000

  let source: String
  private let program: [Instruction]

  init(_ source: String) throws(Failure) {
    self.source = source
    var parser = PatternParser(source)
    let tree = try parser.parse()
    var compiler = PatternCompiler()
    try compiler.emit(tree)
    compiler.program.append(.match)
    program = compiler.program
  }

  func matches(_ text: String) -> Bool {
    var run = Run(program: program)
    var isAtStart = true
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while true {
      // A match may begin at any place.
      if run.add(0, isAtStart: isAtStart, isAtEnd: next == nil) { return true }
      guard let scalar = next else { return false }
      next = scalars.next()
      isAtStart = false
      if run.advance(scalar.value, isAtEnd: next == nil) { return true }
    }
  }

  /// The places of the program that are alive after some part of the text.
  private struct Run {
    let program: [Instruction]
    private var alive: [Int] = []
    private var isAlive: [Bool]
    private var pending: [Int] = []

    init(program: [Instruction]) {
      self.program = program
      isAlive = [Bool](repeating: false, count: program.count)
    }

    /// Makes a place alive with all it leads to; true when that is the match.
    mutating func add(_ place: Int, isAtStart: Bool, isAtEnd: Bool) -> Bool {
      pending.append(place)
      while let place = pending.popLast() {
        guard !isAlive[place] else { continue }
        isAlive[place] = true
        alive.append(place)
        switch program[place] {
        case .scalar, .set: break
        case .jump(let target): pending.append(target)
        case .split(let first, let second):
          pending.append(second)
          pending.append(first)
        case .atStart: if isAtStart { pending.append(place + 1) }
        case .atEnd: if isAtEnd { pending.append(place + 1) }
        case .match:
          pending.removeAll()
          return true
        }
      }
      return false
    }

    mutating func advance(_ scalar: UInt32, isAtEnd: Bool) -> Bool {
      let before = alive
      for place in before { isAlive[place] = false }
      alive.removeAll(keepingCapacity: true)
      for place in before {
        let isTaken =
          switch program[place] {
          case .scalar(let wanted): wanted == scalar
          case .set(let set): set.contains(scalar)
          default: false
          }
        if isTaken, add(place + 1, isAtStart: false, isAtEnd: isAtEnd) { return true }
      }
      return false
    }
  }
}

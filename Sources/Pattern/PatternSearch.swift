// SPDX-License-Identifier: Apache-2.0
// Running a program over a text: every alternative at once.

/// The places of a program that are alive after some part of a text, the preferred ones first.
struct PatternSearch {
  private let program: [PatternInstruction]
  private let ignoresCase: Bool
  private let wantsRange: Bool
  private let limit: Int

  private var alive: [Thread] = []
  private var before: [Thread] = []
  private var isAlive: [Bool]
  private var pending: [Int] = []
  private(set) var steps = 0
  private(set) var verdict = PatternAnswer.Verdict.notFound
  /// Of the best match so far. **Unit** scalars from the start of the text.
  private(set) var range: Range<Int>?

  /// A place, and where in the text its match began.
  private struct Thread {
    let place: Int
    let start: Int
  }

  /// Where in the text it stands.
  private struct Here {
    var offset = 0
    var isAtEnd: Bool
    var isAtEdge: Bool
  }

  init(_ pattern: Pattern, wantsRange: Bool = false, limit: Int = .max) {
    program = pattern.program
    ignoresCase = pattern.ignoresCase
    self.wantsRange = wantsRange
    self.limit = limit
    isAlive = [Bool](repeating: false, count: program.count)
  }

  mutating func run(_ text: String) {
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    var here = Here(isAtEnd: next == nil, isAtEdge: isWord(next))
    while true {
      // A match may begin at any place, until one is found.
      if verdict == .notFound, add(0, start: here.offset, here), !wantsRange { return }
      guard let scalar = next, !isOver(here) else { return }
      if steps > limit {
        verdict = .tooLong
        return
      }
      next = scalars.next()
      here.offset += 1
      here.isAtEnd = next == nil
      here.isAtEdge = isWord(scalar) != isWord(next)
      if advance(scalar, here), !wantsRange { return }
    }
  }

  /// Whether nothing can follow: the match is settled, or it had to begin at the start.
  private func isOver(_ here: Here) -> Bool {
    guard alive.isEmpty else { return false }
    if verdict == .found { return true }
    if case .atStart = program[0] { return true }
    return false
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let value = scalar?.value else { return false }
    return (0x30...0x39).contains(value) || (0x61...0x7A).contains(value | 0x20) || value == 0x5F
  }

  /// Makes a place alive with all it leads to; true when that is the match.
  private mutating func add(_ place: Int, start: Int, _ here: Here) -> Bool {
    pending.append(place)
    while let place = pending.popLast() {
      steps += 1
      guard !isAlive[place] else { continue }
      isAlive[place] = true
      alive.append(Thread(place: place, start: start))
      switch program[place] {
      case .scalar, .set: break
      case .jump(let target): pending.append(target)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .atStart: if here.offset == 0 { pending.append(place + 1) }
      case .atEnd: if here.isAtEnd { pending.append(place + 1) }
      case .edge(let isWanted): if here.isAtEdge == isWanted { pending.append(place + 1) }
      case .match:
        // What is still pending is less preferred than this match.
        pending.removeAll(keepingCapacity: true)
        verdict = .found
        range = start..<here.offset
        return true
      }
    }
    return false
  }

  /// Takes a scalar; true when a match ended. Less preferred threads then end too.
  private mutating func advance(_ scalar: Unicode.Scalar, _ here: Here) -> Bool {
    swap(&alive, &before)
    alive.removeAll(keepingCapacity: true)
    for thread in before { isAlive[thread.place] = false }
    let folded = ignoresCase ? PatternCase.lower(scalar) : scalar.value
    for thread in before {
      steps += 1
      let isTaken =
        switch program[thread.place] {
        case .scalar(let wanted): wanted == folded
        case .set(let set): set.contains(scalar.value)
        default: false
        }
      if isTaken, add(thread.place + 1, start: thread.start, here) { return true }
    }
    return false
  }
}

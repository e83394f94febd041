// SPDX-License-Identifier: Apache-2.0
// From a pattern's tree to its program.

/// What a pattern says.
indirect enum PatternTree {
  case empty
  case one(ScalarSet)
  case scalar(Unicode.Scalar)
  case atStart
  case atEnd
  case edge(Bool)
  case sequence([PatternTree])
  case choice([PatternTree])
  case repeated(PatternTree, PatternRepetition)
}

/// How often a part may stand.
struct PatternRepetition {
  let least: Int
  /// Nil for any number.
  let most: Int?
  let isLazy: Bool
}

/// Appends instructions; repetitions with bounds are written out.
struct PatternCompiler {
  let ignoresCase: Bool
  var program: [PatternInstruction] = []
  private var emissions = 0

  init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

  mutating func emit(_ tree: PatternTree) throws(PatternError) {
    emissions += 1
    if program.count > PatternLimits.program || emissions > PatternLimits.emissions {
      throw PatternError(
        "pattern_too_large", "the pattern is too large: use smaller repetition counts", at: 0)
    }
    switch tree {
    case .empty: break
    case .one(let set): program.append(.set(ignoresCase ? set.ignoringCase : set))
    case .scalar(let scalar):
      program.append(.scalar(ignoresCase ? PatternCase.lower(scalar) : scalar.value))
    case .atStart: program.append(.atStart)
    case .atEnd: program.append(.atEnd)
    case .edge(let isWanted): program.append(.edge(isWanted))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let options): try emit(choice: options)
    case .repeated(let inner, let repetition): try emit(inner, repetition)
    }
  }

  private mutating func emit(choice options: [PatternTree]) throws(PatternError) {
    var jumps: [Int] = []
    for option in options.dropLast() {
      let split = program.count
      program.append(.jump(0))
      try emit(option)
      jumps.append(program.count)
      program.append(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    if let last = options.last { try emit(last) }
    for jump in jumps { program[jump] = .jump(program.count) }
  }

  private mutating func emit(
    _ inner: PatternTree, _ repetition: PatternRepetition
  ) throws(PatternError) {
    guard let most = repetition.most else { return try emit(endless: inner, repetition) }
    for _ in 0..<repetition.least { try emit(inner) }
    var splits: [Int] = []
    for _ in repetition.least..<most {
      splits.append(program.count)
      program.append(.jump(0))
      try emit(inner)
    }
    for split in splits {
      program[split] = choice(repetition, go: split + 1, leave: program.count)
    }
  }

  private mutating func emit(
    endless inner: PatternTree, _ repetition: PatternRepetition
  ) throws(PatternError) {
    // The last of those that must stand is the one that repeats.
    for _ in 1..<Swift.max(1, repetition.least) { try emit(inner) }
    let start = program.count
    if repetition.least == 0 { program.append(.jump(0)) }
    try emit(inner)
    if repetition.least == 0 {
      program.append(.jump(start))
      program[start] = choice(repetition, go: start + 1, leave: program.count)
    } else {
      program.append(choice(repetition, go: start, leave: program.count + 1))
    }
  }

  private func choice(
    _ repetition: PatternRepetition, go: Int, leave: Int
  ) -> PatternInstruction {
    repetition.isLazy ? .split(leave, go) : .split(go, leave)
  }
}

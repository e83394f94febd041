// SPDX-License-Identifier: Apache-2.0
// From a pattern's tree to its program.

/// What a pattern says.
indirect enum PatternTree {
  case empty
  case one(SchemaPattern.ScalarSet)
  case scalar(UInt32)
  case atStart
  case atEnd
  case sequence([PatternTree])
  case choice([PatternTree])
  case repeated(PatternTree, least: Int, most: Int?)
}

/// Appends instructions; repetitions with bounds are written out.
struct PatternCompiler {
  var program: [SchemaPattern.Instruction] = []

  mutating func emit(_ tree: PatternTree) throws(SchemaPattern.Failure) {
    if program.count > SchemaPattern.maximalLength {
      throw SchemaPattern.Failure(
        reason: "the pattern is too large: use smaller repetition counts")
    }
    switch tree {
    case .empty: break
    case .one(let set): program.append(.set(set))
    case .scalar(let scalar): program.append(.scalar(scalar))
    case .atStart: program.append(.atStart)
    case .atEnd: program.append(.atEnd)
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let options): try emit(choice: options)
    case .repeated(let inner, let least, let most): try emit(inner, least, most)
    }
  }

  private mutating func emit(choice options: [PatternTree]) throws(SchemaPattern.Failure) {
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
    _ inner: PatternTree, _ least: Int, _ most: Int?
  ) throws(SchemaPattern.Failure) {
    for _ in 0..<least { try emit(inner) }
    guard let most else {
      let split = program.count
      program.append(.jump(0))
      try emit(inner)
      program.append(.jump(split))
      program[split] = .split(split + 1, program.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<most {
      splits.append(program.count)
      program.append(.jump(0))
      try emit(inner)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }
}

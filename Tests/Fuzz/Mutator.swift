// SPDX-License-Identifier: Apache-2.0
// New inputs out of old ones, from a seed: the same seed, the same inputs.

/// Changes inputs of a corpus as a fuzzer does, without watching what the program does with them.
package struct Mutator {
  private var state: UInt64
  private let surface: Surface
  private let corpus: [[UInt8]]
  private let words: [[UInt8]]

  /// - Parameter corpus: inputs to start from; the empty one where there is none
  package init(_ surface: Surface, corpus: [[UInt8]], seed: UInt64) {
    self.surface = surface
    self.corpus = corpus.isEmpty ? [[]] : corpus
    words = surface.words.map { Array($0.utf8) }
    state = seed
  }

  /// One more input.
  package mutating func next() -> [UInt8] {
    var input = pick(corpus)
    for _ in 0...below(4) { change(&input) }
    return Array(input.prefix(surface.mostBytes))
  }

  private mutating func change(_ input: inout [UInt8]) {
    let at = below(input.count + 1)
    let end = min(input.count, at + 1 + below(16))
    switch below(8) {
    case 0 where at < input.count: input[at] ^= 1 << UInt8(below(8))
    case 1 where at < input.count: input[at] = pick(Mutator.wild)
    case 2: input.removeSubrange(at..<end)
    case 3: input.insert(contentsOf: input[at..<end], at: below(input.count + 1))
    case 4: input.insert(pick(Mutator.wild), at: at)
    case 5: splice(&input, at)
    case 6 where !words.isEmpty: input.replaceSubrange(at..<end, with: pick(words))
    case 7 where !words.isEmpty: input.insert(contentsOf: pick(words), at: at)
    default: input.insert(UInt8(truncatingIfNeeded: random()), at: at)
    }
  }

  /// The end of another input in the place of this one's.
  private mutating func splice(_ input: inout [UInt8], _ at: Int) {
    let other = pick(corpus)
    input.replaceSubrange(at..., with: other[min(below(other.count + 1), other.count)...])
  }

  private static let wild: [UInt8] =
    [0, 1, 0x7F, 0x80, 0xFF, 0xC3, 0xED] + Array("{}[]\",:\\ \n-0e".utf8)

  private mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  private mutating func below(_ bound: Int) -> Int { Int(random() % UInt64(bound)) }

  /// SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Which surface is fuzzed, with or without coverage.
import Fuzz
import Glibc
import TestKit

/// `jackfield-fuzz SURFACE …`. Built for coverage (`make fuzz`) the rest are libFuzzer's own
/// arguments; else inputs are made from the kept corpus by a seed.
struct FuzzProgram {
  let arguments: [String]

  private static let usage = """
    usage: jackfield-fuzz SURFACE [FILE …]               looks at these inputs
           jackfield-fuzz SURFACE --rounds N --seed N    mutates the kept corpus
           jackfield-fuzz SURFACE --words                its words, as libFuzzer reads them
           make fuzz TARGET=SURFACE SECONDS=N            the same, led by coverage
    surfaces:

    """

  func run() -> Int32 {
    #if COVERAGE
      if let surface = CoverageRun.inherited { return CoverageRun.run(surface, arguments) }
    #endif
    guard arguments.count > 1, let surface = Surface.named(arguments[1]) else {
      let surfaces = Surface.all.map {
        "  \($0.name + String(repeating: " ", count: 10 - $0.name.count)) \($0.summary)\n"
      }
      say(FuzzProgram.usage + surfaces.joined())
      return 64
    }
    if arguments.dropFirst(2).first == "--words" {
      surface.words.forEach { say(FuzzProgram.quoted($0)) }
      return 0
    }
    #if COVERAGE
      let words = arguments.enumerated().filter { $0.offset != 1 }.map(\.element)
      return CoverageRun.run(surface, words)
    #else
      return run(surface, Array(arguments.dropFirst(2)))
    #endif
  }

  private func run(_ surface: Surface, _ rest: [String]) -> Int32 {
    guard let rounds = number("--rounds", rest) else { return look(at: rest, surface) }
    let seed = number("--seed", rest) ?? 1
    let corpus = Corpus.inputs(of: surface).map(\.bytes)
    var mutator = Mutator(surface, corpus: corpus, seed: seed)
    for round in 0..<rounds {
      let input = mutator.next()
      do throws(BrokenProperty) {
        try surface.examine(input)
      } catch {
        say("\(surface.name), seed \(seed), round \(round): \(error)\n  \(input)")
        return 1
      }
    }
    say("\(surface.name), seed \(seed): \(rounds) inputs from \(corpus.count), all properties hold")
    return 0
  }

  private func look(at files: [String], _ surface: Surface) -> Int32 {
    var failed = false
    for file in files {
      do throws(BrokenProperty) {
        guard let input = TestFile.bytes(of: file) else {
          say("\(file): cannot be read")
          return 66
        }
        try surface.examine(input)
        say("\(file): every property holds")
      } catch {
        failed = true
        say("\(file): \(error)")
      }
    }
    return failed ? 1 : 0
  }

  /// **Source** https://llvm.org/docs/LibFuzzer.html#dictionaries
  private static func quoted(_ word: String) -> String {
    let bytes = word.utf8.map { byte in
      let digits = String(byte, radix: 16)
      return "\\x" + (digits.count == 1 ? "0" : "") + digits
    }
    return "\"\(bytes.joined())\""
  }

  private func number(_ option: String, _ rest: [String]) -> UInt64? {
    guard let at = rest.firstIndex(of: option), at + 1 < rest.count else { return nil }
    return UInt64(rest[at + 1])
  }

  private func say(_ text: String) { print(text) }
}

// SPDX-License-Identifier: Apache-2.0
// Every surface under its kept corpus, and under new inputs made from it.
import Fuzz
import Testing

@Suite struct FuzzTests {
  @Test(arguments: Surface.all.map(\.name))
  func `every kept input keeps the properties of its surface`(_ name: String) throws {
    let surface = try #require(Surface.named(name))
    let inputs = Corpus.inputs(of: surface)
    #expect(inputs.count >= 20, "the corpus of \(name) is gone")
    for input in inputs {
      do throws(BrokenProperty) {
        try surface.examine(input.bytes)
      } catch {
        Issue.record("\(name)/\(input.name): \(error)")
      }
    }
  }

  /// A seed that fails is printed; `jackfield-fuzz NAME --rounds N --seed N` repeats it.
  @Test(arguments: Surface.all.map(\.name))
  func `inputs made from the corpus keep them too`(_ name: String) throws {
    let surface = try #require(Surface.named(name))
    let seed = UInt64.random(in: .min ... .max)
    var mutator = Mutator(
      surface, corpus: Corpus.inputs(of: surface).map(\.bytes), seed: seed)
    for round in 0..<300 {
      let input = mutator.next()
      do throws(BrokenProperty) {
        try surface.examine(input)
      } catch {
        Issue.record("\(name), seed \(seed), round \(round): \(error)\n\(input)")
        return
      }
    }
  }
}

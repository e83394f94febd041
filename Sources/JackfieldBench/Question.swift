// SPDX-License-Identifier: Apache-2.0
// One question: the same work by us and by a reference, in turns.

/// What both sides measure, by the names of its figures.
///
/// Machines differ by 20 to 40 % from minute to minute, so the two sides take turns and the side
/// that begins alternates; only the ratio of medians means something.
struct Question {
  typealias Reading = [String: Double]

  let name: String
  let title: String
  let figures: [Figure]
  /// Each is called once a round; a figure absent from a reading is left out of the table.
  let ours: () async throws -> Reading
  let reference: () async throws -> Reading

  func answer(rounds: Int) async throws -> Answer {
    var mine: [Reading] = []
    var theirs: [Reading] = []
    for round in 0..<rounds {
      if round.isMultiple(of: 2) {
        mine.append(try await ours())
        theirs.append(try await reference())
      } else {
        theirs.append(try await reference())
        mine.append(try await ours())
      }
    }
    let results = figures.map { figure in
      Answer.Result(
        figure: figure, ours: Self.median(mine.compactMap { $0[figure.name] }),
        reference: Self.median(theirs.compactMap { $0[figure.name] }))
    }
    return Answer(name: name, title: title, rounds: rounds, results: results)
  }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

// SPDX-License-Identifier: Apache-2.0
// What came out for one question: medians over the rounds.

struct Answer {
  struct Result {
    let figure: Figure
    let ours: Double?
    let reference: Double?

    var ratio: Double? {
      guard let ours, let reference, reference != 0 else { return nil }
      return ours / reference
    }

    var isMet: Bool? { figure.target.isMet(ours: ours, reference: reference) }
  }

  let name: String
  let title: String
  let rounds: Int
  let results: [Result]
}

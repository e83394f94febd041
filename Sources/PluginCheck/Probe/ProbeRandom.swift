// SPDX-License-Identifier: Apache-2.0
// Chance that a seed decides.

import Pipeline
import Values

/// A stream of numbers from a seed; the same on every machine.
///
/// **Source** SplitMix64, Steele, Lea and Flood 2014.
package struct ProbeRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ part: Int, in whole: Int) -> Bool {
    Int.random(in: 0..<whole, using: &self) < part
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "nothing to pick from")
    return elements[Int.random(in: 0..<elements.count, using: &self)]
  }

  /// A service that fails, in one of the ways services do.
  mutating func failure() -> ServiceAnswer {
    let kind = pick([
      ErrorClass.invalidInput, .denied, .notFound, .conflict, .rateLimited, .unavailable, .failed,
      .unknownOutcome,
    ])
    return .failure(kind, "fuzz_\(kind.rawValue)", "what the fuzz decided")
  }

  /// A peer that answers anything.
  mutating func response(to use: ServiceUse) -> ServiceAnswer {
    var values = SchemaValues(random: self, isMinimal: false)
    let json = values.anything(depth: 3)
    self = values.random
    let status = pick([200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503])
    let type = pick(["application/json", "text/plain", ""])
    let body = chance(1, in: 4) ? Array("<html>\u{0}".utf8) : json.jsonBytes
    let head: JSONValue = [
      "status": .integer(Int64(status)), "headers": ["content-type": .text(type)],
      "url": use.json["url"] ?? "", "elapsed_ms": 7,
    ]
    return ServiceAnswer(status: 0, json: head, body: chance(1, in: 8) ? [] : body)
  }
}

// SPDX-License-Identifier: Apache-2.0
// One call as the scripted host plays it.

import Pipeline
import Values

/// How the host behaves in a call, and what it saw.
struct CallScript: Sendable {
  enum Manner: Sendable {
    /// Everything works.
    case willing
    /// Only what the manifest asks to be granted.
    case granting(CheckGrants)
    /// Everything is refused.
    case denying
    /// At the first request the call is cancelled.
    case cancelling
    /// Nothing is answered before the end of the budget.
    case silent
    /// What the outside answers holds a secret.
    case leaking(String)
    /// The process is killed when the request of this number was answered.
    case killing(after: Int)
    /// What the outside answers is odd, in the way of this number.
    case odd(Int)
    /// Anything may come.
    case random(ProbeRandom)
  }

  var manner: Manner
  var world: CheckWorld
  /// The example's exchanges that were not asked for yet.
  var exchanges: [JSONValue]
  var uses: [ServiceUse] = []
  var logs: [String] = []
  var progress: [String] = []
  /// The codes of errors that came from the host.
  var serviceCodes: Set<String> = []
  /// Requests that the example does not have, or has otherwise.
  var surprises: [String] = []
  /// What was asked for and not granted.
  var refusals: [String] = []
  /// What only the commit knows.
  var deferred: [Int: JSONValue] = [:]
  /// **Unit**: nanoseconds of the monotonic clock.
  var deadline: Int64 = 0
  private var lastSlot = 0

  init(_ manner: Manner, world: CheckWorld, exchanges: [JSONValue]) {
    self.manner = manner
    self.world = world
    self.exchanges = exchanges
  }

  mutating func newSlot() -> Int {
    lastSlot += 1
    return lastSlot
  }
}

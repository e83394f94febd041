// SPDX-License-Identifier: Apache-2.0
// How often a plugin with a rate was called.

import Engine
import Pipeline

/// Judges the calls of the plugin with a rate: of any so many that follow each other, no more than
/// the burst and what time has brought since the first.
struct MeterWitness {
  private struct Attempt: Hashable {
    let run: RunID
    let place: String
    let ordinal: Int
  }

  private var times: [UInt64] = []
  private var attempts: Set<Attempt> = []

  /// A call at a time that no clock shows; what is wrong with it.
  ///
  /// An attempt that runs again for a neighbour's sake was counted when it ran first.
  mutating func called(_ order: CallOrder, at time: UInt64) -> String? {
    let attempt = Attempt(run: order.run, place: order.place, ordinal: order.ordinal)
    guard attempts.insert(attempt).inserted else { return nil }
    times.append(time)
    let burst = UInt64(SimulatedProject.meterCalls)
    let interval = UInt64(SimulatedProject.meterSeconds) * 1_000_000_000 / burst
    for (place, first) in times.enumerated() {
      // What is kept over a restart is kept in milliseconds.
      let brought = (time - first + 5_000_000) / interval
      let calls = UInt64(times.count - place)
      if calls > burst + brought {
        return "\(calls) calls of a plugin in \((time - first) / 1_000_000) ms, "
          + "its rate allows \(burst + brought)"
      }
    }
    return nil
  }
}

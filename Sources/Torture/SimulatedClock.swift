// SPDX-License-Identifier: Apache-2.0
// The two clocks of a simulation, which nothing but the simulation moves.

import Engine

/// A monotonic clock, and a wall clock that may be set.
struct SimulatedClock {
  /// **Unit** nanoseconds
  private(set) var monotonic: UInt64 = 1_000_000_000
  /// What the wall clock shows at monotonic zero. **Unit** milliseconds since 1970
  private var origin: Int64 = 1_767_225_600_000

  /// What passed before the machine started last.
  private var before: UInt64 = 0

  /// What really passed, whatever the clocks show. **Unit** nanoseconds
  var passed: UInt64 { before + monotonic }

  /// **Unit** milliseconds since 1970
  var wall: Int64 { origin + Int64(monotonic / 1_000_000) }

  var time: EngineTime { EngineTime(monotonic: monotonic, wall: wall) }

  mutating func advance(to time: UInt64) { monotonic = max(monotonic, time) }

  mutating func advance(byMS milliseconds: Int) { monotonic += UInt64(milliseconds) * 1_000_000 }

  /// Somebody sets the wall clock.
  mutating func jump(byMS milliseconds: Int64) { origin += milliseconds }

  /// A machine that starts again counts its monotonic time anew.
  mutating func reboot() {
    before += monotonic
    origin = wall - 1
    monotonic = 1_000_000
  }
}

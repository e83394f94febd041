// SPDX-License-Identifier: Apache-2.0
// What the host of the simulation wants to be called at.

/// Timers, the earliest first and of the same time the oldest.
struct SimulatedTimers {
  private var items: [(time: UInt64, body: @Sendable () -> Void)] = []

  mutating func add(_ time: UInt64, _ body: @escaping @Sendable () -> Void) {
    let place = items.firstIndex { $0.time > time } ?? items.endIndex
    items.insert((time, body), at: place)
  }

  /// **Unit** monotonic nanoseconds
  var next: UInt64? { items.first?.time }

  mutating func pop(until time: UInt64) -> (@Sendable () -> Void)? {
    guard let first = items.first, first.time <= time else { return nil }
    items.removeFirst()
    return first.body
  }

  mutating func clear() { items = [] }
}

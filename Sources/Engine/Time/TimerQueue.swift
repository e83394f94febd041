// SPDX-License-Identifier: Apache-2.0
// What is to be looked at later, the earliest first.

/// Events with their times; equal times come out in the order they were put in.
///
/// Nothing is ever taken out of the middle: an event that has lost its meaning is for the taker to
/// see, because that costs less than keeping places in a heap.
struct TimerQueue<Event: Sendable>: Sendable {
  private struct Entry: Sendable {
    let time: UInt64
    let number: UInt64
    let event: Event

    func isBefore(_ other: Entry) -> Bool {
      time == other.time ? number < other.number : time < other.time
    }
  }

  private var heap: [Entry] = []
  private var lastNumber: UInt64 = 0

  var count: Int { heap.count }
  /// The earliest time there is.
  var next: UInt64? { heap.first?.time }

  mutating func add(_ event: Event, at time: UInt64) {
    lastNumber += 1
    heap.append(Entry(time: time, number: lastNumber, event: event))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// The earliest event whose time has come: due means at or before `now`.
  mutating func pop(until now: UInt64) -> Event? {
    guard let first = heap.first, first.time <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.event
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].isBefore(heap[least]) { least = child }
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

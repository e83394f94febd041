// SPDX-License-Identifier: Apache-2.0
//
// The timers of a loop by due time: a binary heap whose entries know their place, so that a
// cancelled timer is gone at once. (Each call sets a deadline and cancels it a millisecond later:
// tombstones would hold a minute's worth of them.)

/// A binary heap of timers, the next one first.
struct TimerHeap {
  private var timers: [TimerToken] = []

  var next: TimerToken? { timers.first }
  var count: Int { timers.count }

  mutating func insert(_ timer: TimerToken) {
    timers.append(timer)
    timer.place = timers.count - 1
    rise(from: timers.count - 1)
  }

  /// Takes a timer out, wherever it is; nothing happens when it is not in the heap.
  mutating func remove(_ timer: TimerToken) {
    guard let place = timer.place else { return }
    precondition(timers[place] === timer, "a timer was cancelled on a loop it does not belong to")
    timer.place = nil
    let last = timers.removeLast()
    guard place < timers.count else { return }
    timers[place] = last
    last.place = place
    rise(from: place)
    sink(from: last.place ?? place)
  }

  private mutating func rise(from start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard timers[place].isBefore(timers[parent]) else { return }
      swap(place, parent)
      place = parent
    }
  }

  private mutating func sink(from start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < timers.count {
        if timers[child].isBefore(timers[least]) { least = child }
      }
      guard least != place else { return }
      swap(place, least)
      place = least
    }
  }

  private mutating func swap(_ first: Int, _ second: Int) {
    timers.swapAt(first, second)
    timers[first].place = first
    timers[second].place = second
  }
}

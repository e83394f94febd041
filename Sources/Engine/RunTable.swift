// SPDX-License-Identifier: Apache-2.0
// The runs in memory, changed and looked at where they stand.
import Pipeline

/// Runs by id.
///
/// A dictionary would copy a whole run out for each look at one of its members, which is some
/// thirty references to count; the accessors here hand the place itself over.
struct RunTable: Sendable {
  private var places: [RunID: Int] = [:]
  private var slots: [LiveRun?] = []
  private var free: [Int] = []

  var count: Int { places.count }
  /// For pictures of the whole, not on the way to an output: sorted.
  var ids: [RunID] { places.keys.sorted() }

  subscript(id: RunID) -> LiveRun? {
    _read {
      if let place = places[id] {
        yield slots[place]
      } else {
        yield nil
      }
    }
    _modify {
      if let place = places[id] {
        yield &slots[place]
        if slots[place] == nil {
          places[id] = nil
          free.append(place)
        }
      } else {
        var new: LiveRun?
        yield &new
        if let new { add(id, new) }
      }
    }
  }

  private mutating func add(_ id: RunID, _ run: LiveRun) {
    guard let place = free.popLast() else {
      places[id] = slots.count
      return slots.append(run)
    }
    places[id] = place
    slots[place] = run
  }
}

// SPDX-License-Identifier: Apache-2.0
// The runs in memory, changed and looked at where they stand.
import Pipeline

/// Runs by id.
///
/// A dictionary would copy a whole run out for each look at one of its members, which is some
/// thirty references to count, and an accessor that yields one moves it into a frame of its own,
/// which costs a system allocation. A step looks some fifty times: here it gets an address.
struct RunTable: Sendable {
  private var places: [RunID: Int] = [:]
  private var slots: [RunSlot] = []
  private var free: [Int] = []
  /// The run that was changed last: nearly every look is at that one.
  private var latest: (id: RunID, place: Int)?

  var count: Int { places.count }
  /// For pictures of the whole, not on the way to an output: sorted.
  var ids: [RunID] { places.keys.sorted() }

  /// The run as it stands, or nil; to be changed member by member.
  ///
  /// Safe because: an address is used up before the table is used again, and the table, which
  /// holds the slot, lives as long as the use.
  subscript(id: RunID) -> LiveRun? {
    unsafeAddress {
      UnsafePointer((place(of: id).map { slots[$0] } ?? RunSlot.none).run)
    }
    unsafeMutableAddress {
      guard let place = place(of: id) else { return RunSlot.none.run }
      latest = (id, place)
      return own(place).run
    }
  }

  mutating func insert(_ id: RunID, _ run: LiveRun) {
    precondition(places[id] == nil, "run \(id) is in memory already")
    let place = free.popLast() ?? slots.count
    if place == slots.count { slots.append(RunSlot(run)) } else { own(place).run.pointee = run }
    places[id] = place
    latest = (id, place)
  }

  mutating func remove(_ id: RunID) {
    guard let place = places.removeValue(forKey: id) else { return }
    own(place).run.pointee = nil
    free.append(place)
    latest = nil
  }

  @inline(__always) private func place(of id: RunID) -> Int? {
    if let latest, latest.id.rawValue == id.rawValue { return latest.place }
    return places[id]
  }

  /// The slot at a place, which no copy of this table shares from here on.
  private mutating func own(_ place: Int) -> RunSlot {
    if !isKnownUniquelyReferenced(&slots[place]) {
      slots[place] = RunSlot(slots[place].run.pointee)
    }
    return slots[place]
  }
}

/// Room for one run, at an address that stays.
///
/// Safe because: it is only written to by the one table that holds it, and a table is changed by
/// one thread at a time like every value. In `none` there is no member to write to.
private final class RunSlot: @unchecked Sendable {
  static let none = RunSlot(nil)

  let run = UnsafeMutablePointer<LiveRun?>.allocate(capacity: 1)

  init(_ value: LiveRun?) { run.initialize(to: value) }

  deinit {
    run.deinitialize(count: 1)
    run.deallocate()
  }
}

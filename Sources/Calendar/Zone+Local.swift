// SPDX-License-Identifier: Apache-2.0
// From what the clocks show to the moments at which they show it.

/// The moments at which the clocks of a zone show one time.
///
/// **Unit** milliseconds since 1970-01-01T00:00:00Z.
package enum LocalInstants: Sendable, Hashable {
  case one(Int64)
  /// The clocks were put forward over it: they never show it. `moved` is the moment they would
  /// have shown it, had they not been put forward yet: 02:30 in a gap of an hour is 03:30.
  case gap(moved: Int64)
  /// The clocks were put back over it: they show it twice.
  case fold(first: Int64, second: Int64)

  /// The moment that a time in a document means: in a gap it moves forward by the length of the
  /// gap, in a fold it is the first.
  package var chosen: Int64 {
    switch self {
    case .one(let instant), .gap(let instant), .fold(let instant, _): instant
    }
  }
}

extension Zone {
  /// When the clocks show a time.
  ///
  /// - Parameter local: milliseconds on the wall
  package func instants(local: Int64) -> LocalInstants {
    let local = Zone.bounded(local)
    let second = floorDivide(local, by: 1_000)
    var found: [Int64] = []
    var moved: Int64?
    // Offsets lie within 26 h of UTC: no other period can have shown this time.
    var period = period(at: second - ZoneRules.maxOffset)
    while true {
      let instant = second - period.offset
      let isAfterStart = period.start.map { $0 <= instant } ?? true
      if isAfterStart, period.end.map({ instant < $0 }) ?? true { found.append(instant) }
      guard let end = period.end, end <= second + ZoneRules.maxOffset else { break }
      let next = self.period(at: end)
      if moved == nil, end + period.offset <= second, second < end + next.offset {
        moved = instant
      }
      period = next
    }
    let within = local - second * 1_000
    func milliseconds(_ second: Int64) -> Int64 { second * 1_000 + within }
    switch found.count {
    case 0: return .gap(moved: milliseconds(moved ?? second - period.offset))
    case 1: return .one(milliseconds(found[0]))
    default: return .fold(first: milliseconds(found[0]), second: milliseconds(found[1]))
    }
  }

  /// The moment that a time in a document means.
  ///
  /// - Parameter local: milliseconds on the wall
  package func instant(local: Int64) -> Int64 {
    if let offset = fixedOffset { return Zone.bounded(local) - offset * 1_000 }
    return instants(local: local).chosen
  }
}

// SPDX-License-Identifier: Apache-2.0
// When the clocks of one zone were and will be changed.

/// The rules of a zone: a table of changes, and a yearly rule for what comes after it.
///
/// A class so that a zone is copied as one reference; nothing in it changes.
/// **Source** RFC 8536 (TZif), POSIX TZ for the yearly rule.
package final class ZoneRules: Sendable, Hashable {
  /// One kind of local time that a zone has had.
  struct LocalType: Sendable, Hashable {
    /// **Unit** seconds east of UTC.
    let offset: Int64
    let isDaylight: Bool
    let abbreviation: String
  }

  /// **Unit** seconds; RFC 8536 §3.2 bounds an offset to -25 h and 26 h.
  static let maxOffset: Int64 = 26 * 3_600

  /// When the type of the same index begins, ascending. **Unit** seconds since 1970, UTC.
  let starts: [Int64]
  let types: [LocalType]
  /// What holds before the table.
  let first: LocalType
  /// What holds from the table's last change on; nil: its last type, for ever.
  let rule: YearlyRule?

  init(starts: [Int64], types: [LocalType], first: LocalType, rule: YearlyRule?) {
    precondition(starts.count == types.count, "each change has its type")
    self.starts = starts
    self.types = types
    self.first = first
    self.rule = rule
  }

  package static func == (left: ZoneRules, right: ZoneRules) -> Bool {
    left === right
      || (left.starts == right.starts && left.types == right.types && left.first == right.first
        && left.rule == right.rule)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(starts)
    hasher.combine(first)
    hasher.combine(rule)
  }

  /// - Parameter second: seconds since 1970, UTC
  func period(at second: Int64) -> ZonePeriod {
    let index = indexOfPeriod(at: second)
    if let rule, index == starts.count - 1 {
      var period = rule.period(at: second)
      if let last = starts.last { period.start = max(period.start ?? last, last) }
      return period
    }
    let type = index < 0 ? first : types[index]
    return ZonePeriod(
      start: index < 0 ? nil : starts[index],
      end: index + 1 < starts.count ? starts[index + 1] : nil, offset: type.offset,
      abbreviation: type.abbreviation, isDaylight: type.isDaylight)
  }

  /// The last change not after a moment; -1 before the first.
  private func indexOfPeriod(at second: Int64) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}

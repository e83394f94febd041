// SPDX-License-Identifier: Apache-2.0
// A stretch of time in which a zone's clocks are not changed.

/// From one change of the clocks to the next.
package struct ZonePeriod: Sendable, Hashable {
  /// When it began, nil where no change is known before it.
  ///
  /// **Unit** seconds since 1970-01-01T00:00:00Z.
  package var start: Int64?
  /// When it ends, itself not within; nil where no change is known after it.
  package var end: Int64?
  /// **Unit** seconds east of UTC.
  package var offset: Int64
  package var abbreviation: String
  /// Whether the zone calls it daylight saving time; Ireland and Morocco call their winters so.
  package var isDaylight: Bool

  package init(
    start: Int64? = nil, end: Int64? = nil, offset: Int64, abbreviation: String, isDaylight: Bool
  ) {
    self.start = start
    self.end = end
    self.offset = offset
    self.abbreviation = abbreviation
    self.isDaylight = isDaylight
  }
}

// SPDX-License-Identifier: Apache-2.0
// The ids that the store itself gives out.

/// A record's row: the text id of a record is this number in decimal.
package struct RecordID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package init(_ number: Int64) { rawValue = number }

  /// Reads the text id; nil for any text that no record can have as its id.
  package init?(text: String) {
    guard let number = Int64(text), number > 0, String(number) == text else { return nil }
    rawValue = number
  }

  /// The id as plugins and connectors see it.
  package var text: String { String(rawValue) }
  package var description: String { text }

  package static func < (left: RecordID, right: RecordID) -> Bool {
    left.rawValue < right.rawValue
  }
}

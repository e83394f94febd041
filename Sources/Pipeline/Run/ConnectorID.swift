// SPDX-License-Identifier: Apache-2.0
// The id of a connector's row, which the engine and the store share.

/// A connector's row: outlives its name and its versions.
package struct ConnectorID: RawRepresentable, Hashable, Sendable, Comparable,
  CustomStringConvertible
{
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package init(_ number: Int64) { rawValue = number }
  package var description: String { String(rawValue) }

  package static func < (left: ConnectorID, right: ConnectorID) -> Bool {
    left.rawValue < right.rawValue
  }
}

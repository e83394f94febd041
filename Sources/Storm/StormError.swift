// SPDX-License-Identifier: Apache-2.0
// Why a storm could not be run to its end.

/// The storm itself did not work; what it found out is in its report.
package struct StormError: Error, Sendable {
  package let message: String

  init(_ message: String) { self.message = message }
}

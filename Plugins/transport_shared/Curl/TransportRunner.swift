// SPDX-License-Identifier: Apache-2.0
// What runs a transport's exchanges.
import ExchangeValues

/// Runs exchanges on threads of its own: one for all of HTTP, one a session for mail.
package protocol TransportRunner: AnyObject, Sendable {
  associatedtype Exchange

  /// **Ownership**: lives until the process ends.
  init(reports: TransportReports) throws(ExchangeFailure)
  /// Begins an exchange. Any thread.
  func begin(_ exchange: Exchange)
  /// Ends an exchange early; an unknown number is ignored. Any thread.
  func abort(_ number: UInt64)
}

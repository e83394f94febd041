// SPDX-License-Identifier: Apache-2.0
// The limits of the transports, each with its reason.

package enum CurlLimits {
  /// A peer that has not accepted a connection in this time will not.
  package static let connectTimeoutMS: Int64 = 30_000
  /// Idle connections kept: enough for a wave's hosts, few enough to be polite.
  package static let idleConnections = 256
  /// Servers close idle connections after 5 to 60 s; one that closes as we write costs a retry.
  package static let idleConnectionSeconds = 15
  /// Open connections at most; further exchanges wait for one.
  package static let openConnections = 8_192
  /// One transfer's buffer: thousands are open at once, and bodies are small.
  package static let receiveBufferBytes = 4_096
  /// Response headers in total; libcurl bounds one header at 100 KiB, not their number.
  package static let responseHeaderBytes = 256 * 1_024
  /// A peer's text in a message.
  package static let messageBytes = 500
}

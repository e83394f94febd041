// SPDX-License-Identifier: Apache-2.0
// The two ends of the socket.

/// One of the two processes that talk.
package enum Side: Sendable {
  case host, worker
}

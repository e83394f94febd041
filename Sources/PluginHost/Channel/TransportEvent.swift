// SPDX-License-Identifier: Apache-2.0
//
// What is heard of an exchange that a transport carries.

/// `left` at most once, then `answered` or `lost`, once.
package enum TransportEvent: Sendable {
  /// The request is about to reach the peer.
  case left
  /// It has ended. `head` is the response's JSON, or `{error, left}`; hostile like all of a worker.
  case answered(head: ArraySlice<UInt8>, body: ArraySlice<UInt8>)
  /// Its transport died, or it was aborted before it was sent. Everything the transport had said
  /// before counts: without `left` it never reached the peer. When part of that cannot be known, it
  /// is taken as left.
  case lost(left: Bool, WorkerDeath)
}

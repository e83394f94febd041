// SPDX-License-Identifier: Apache-2.0
// Where the requests of calls go: over a socket to the host, or straight into it.

/// What answers the host services of calls.
///
/// **Isolation**: called from any thread that runs plugin code.
package protocol ServiceBackend: AnyObject, Sendable {
  /// Hands one request over and returns; the answer is delivered into `box`, once, from any
  /// thread, possibly before this returns. `request.body` dies when it returns.
  func begin(_ request: ServiceRequest, box: ReplyBox)

  /// Blocks until `box` has a reply or is closed, and takes it out.
  func wait(_ box: ReplyBox) -> ServiceReply

  /// A request whose reply nobody waits for any more.
  func forget(call: UInt32, exchange: UInt32)

  /// One line for the log, at most 8 KiB; call 0: the plugin's own.
  func log(call: UInt32, level: UInt8, text: String)

  /// What a call has done so far: JSON, at most 65,000 bytes.
  func progress(call: UInt32, json: [UInt8])
}

extension ServiceBackend {
  package func wait(_ box: ReplyBox) -> ServiceReply { box.wait() }
  package func forget(call: UInt32, exchange: UInt32) {}
}

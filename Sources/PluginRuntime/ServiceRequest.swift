// SPDX-License-Identifier: Apache-2.0
// What a call asks of the host.

/// One request to a host service.
package struct ServiceRequest {
  /// The call's number.
  package let call: UInt32
  /// Counts from 1 in each call.
  package let exchange: UInt32
  /// 1 records.get, 2 records.query, 3 records.put, 4 records.remove, 5 http.send, 6 mail.send,
  /// 7 credential, 8 runs.start, 9 runs.cancel_delays, 10 runs.leave, 11 runs.stop,
  /// 13 blobs.create, 14 blobs.append, 15 blobs.finish, 16 blobs.look, 17 blobs.read.
  package let service: UInt8
  /// An object.
  package let json: [UInt8]
  /// Raw bytes, in pieces that belong one after the other.
  ///
  /// **Ownership**: the plugin's memory, dead when `begin` returns.
  package let body: [UnsafeRawBufferPointer]

  /// The body in one piece.
  package var joinedBody: [UInt8] { body.flatMap { [UInt8]($0) } }
}

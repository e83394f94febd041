// SPDX-License-Identifier: Apache-2.0
//
// What a call may ask of the host, as the pool forwards it.

import WorkerProtocol

/// One request of a call for a host service. Its bytes come from the worker and are hostile.
package struct ServiceRequest: Sendable {
  package let call: CallRequest
  /// Counts from 1 within the call.
  package let exchange: UInt32
  package let service: ServiceID
  /// **Shape** JSON as the plugin's runtime wrote it; not checked.
  package let json: ArraySlice<UInt8>
  package let body: ArraySlice<UInt8>
  /// When the call is closed. **Unit** nanoseconds of the monotonic clock.
  package let deadline: UInt64

  package init(
    call: CallRequest, exchange: UInt32, service: ServiceID, json: ArraySlice<UInt8>,
    body: ArraySlice<UInt8>, deadline: UInt64
  ) {
    self.call = call
    self.exchange = exchange
    self.service = service
    self.json = json
    self.body = body
    self.deadline = deadline
  }
}

/// The answer to a service request.
package struct ServiceReply: Sendable {
  /// A `jf_status`.
  package let status: Int32
  /// **Shape** JSON: the value, or `{code, message, …}` when the status is not 0.
  package let json: [UInt8]
  package let body: ArraySlice<UInt8>

  package init(status: Int32, json: [UInt8], body: ArraySlice<UInt8> = []) {
    self.status = status
    self.json = json
    self.body = body
  }
}

/// The host services behind the calls of a pool.
///
/// **Isolation** the loop's thread, both ways.
package protocol CallServices: AnyObject {
  /// Serves a request. `reply` is called once, then or later, on the loop; after the call was
  /// closed it does nothing.
  func serve(_ request: ServiceRequest, reply: @escaping (ServiceReply) -> Void)

  /// The call is closed: no request of it comes any more. Ends what it has open at the transport
  /// and answers once how far it got; after a second the pool goes on with `left`.
  func endEgress(of call: CallRequest, done: @escaping (EgressFate) -> Void)

  /// A log line of the call. `level` is 0 debug … 3 error; the text is not checked.
  func callLog(_ call: CallRequest, level: UInt8, text: ArraySlice<UInt8>)

  /// What the call has done so far, in JSON; not checked.
  func callProgress(_ call: CallRequest, json: ArraySlice<UInt8>)
}

// SPDX-License-Identifier: Apache-2.0
// A request on its way out, as far as a signature covers it.
import Values

/// What a credential that signs needs to know of a request.
struct OutgoingRequest {
  let method: String
  let url: String
  /// **Shape** `{name: text or [text]}`
  let headers: JSONValue
  let body: [UInt8]
  /// The same on every attempt: a receiver knows a repetition by it.
  let id: String
  /// **Unit** milliseconds since 1970.
  let now: Int64
}

/// Headers that were computed for one request. They go with the first hop only: what a redirect
/// leads to was not signed.
struct RequestSignature {
  /// In the order they are sent.
  var headers: [(name: String, value: String)]
  /// What of it is to be struck out of an answer.
  var secrets: [String]
  /// The URL that was signed, where it is written otherwise than the request had it.
  var url: String?
}

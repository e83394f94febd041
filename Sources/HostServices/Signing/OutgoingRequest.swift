// SPDX-License-Identifier: Apache-2.0
// A request on its way out, as far as a signature covers it.
import Pipeline
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
  /// Set where the body is no bytes at hand.
  var streamed: Streamed?

  /// A body that the transport reads out of files.
  enum Streamed: Sendable {
    /// One file, and the digest of it in hex.
    case file(sha256: String)
    case form
  }

  static let cannotSign = ActionFailure(
    .invalidInput, code: "cannot_sign",
    message: "a credential that signs the body cannot sign one that is streamed from a blob: send "
      + "the bytes, or use another kind of credential")
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

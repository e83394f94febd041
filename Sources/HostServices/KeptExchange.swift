// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange of a call as people look at it.
import Crypto
import PluginHost
import Values

/// A request and what came of it, without secrets.
///
/// The credential of a request is applied by the transport and never stands here; its values are
/// struck out wherever else the plugin put them. Responses come scrubbed from the transport.
package struct KeptExchange: Sendable, Hashable {
  /// Milliseconds since 1970.
  package let startedAt: Int64
  /// **Shape** `{method, url, headers, credential?, body…}`.
  package let request: JSONValue
  package private(set) var end = End.open

  /// What came of it.
  package enum End: Sendable, Hashable {
    /// No answer: the call ended first.
    case open
    /// **Shape** `{status, headers, url, body…}`.
    case answered(JSONValue, milliseconds: Int64)
    /// **Shape** an error as `ActionFailure.value`.
    case failed(JSONValue, milliseconds: Int64)
  }

  init(
    request: JSONValue, body: ArraySlice<UInt8>, secrets: SecretRedaction, startedAt: Int64
  ) {
    self.startedAt = startedAt
    var head = JSONObject()
    for name in ["method", "url", "headers", "credential"] {
      if let value = request[name], !value.isEmpty { head[name] = secrets.redacted(value) }
    }
    // Only what may be kept is looked through: bodies have megabytes.
    self.request = KeptExchange.side(
      head, secrets.redacted(body, first: HostServicesLimits.exchangeBytes), of: body.count)
  }

  mutating func finish(_ reply: ServiceReply, milliseconds: Int64) {
    let value = (try? JSONValue(parsing: reply.json)) ?? .null
    guard reply.status == 0 else {
      end = .failed(value, milliseconds: milliseconds)
      return
    }
    var head = JSONObject()
    for name in ["status", "headers", "url"] { head[name] = value[name] }
    end = .answered(
      KeptExchange.side(head, reply.body, of: reply.body.count), milliseconds: milliseconds)
  }

  /// **Shape** `{started_ms, request, response? or error?, ms?}`.
  package var value: JSONValue {
    var value: JSONObject = [
      "started_ms": .integer(startedAt), "request": request,
    ]
    switch end {
    case .open: break
    case .answered(let response, let milliseconds):
      value["response"] = response
      value["ms"] = .integer(milliseconds)
    case .failed(let error, let milliseconds):
      value["error"] = error
      value["ms"] = .integer(milliseconds)
    }
    return .object(value)
  }

  /// One side within its bound: the head, and as much of the body as there is room for, as
  /// `body` where it is text, else as `body_base64`; `body_bytes` is its whole size.
  private static func side(
    _ head: JSONObject, _ body: ArraySlice<UInt8>, of size: Int
  ) -> JSONValue {
    var side = head
    var room = HostServicesLimits.exchangeBytes - JSONValue.object(head).jsonBytes.count
    if room < 0 {
      // A head over the bound by itself: its names and numbers are kept, its headers are not.
      side["headers"] = nil
      side["headers_cut"] = true
      side["url"] = head["url"]?.asText.map { .text(String($0.prefix(2_048))) }
      room = HostServicesLimits.exchangeBytes / 2
    }
    guard size > 0 else { return .object(side) }
    side["body_bytes"] = .integer(Int64(size))
    let kept = body.prefix(room)
    if let text = text(kept) {
      side["body"] = .text(text)
    } else {
      side["body_base64"] = .text(Base64.encode(Array(body.prefix(room / 4 * 3))))
    }
    return .object(side)
  }

  /// The bytes as text, up to three less where a character was cut; nil when they are none.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
    for cut in 0...min(3, bytes.count) {
      if let text = String(validating: bytes.dropLast(cut), as: UTF8.self) { return text }
    }
    return nil
  }
}

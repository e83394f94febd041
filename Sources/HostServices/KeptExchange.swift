// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange of a call as people look at it.
import Pipeline
import PluginHost
import Store
import Values

/// A request and what came of it, without secrets.
///
/// The credential of a request is applied by the transport and never stands here; its values are
/// struck out wherever else the plugin put them, and out of the response once more, which comes
/// scrubbed from the transport.
struct KeptExchange: Sendable {
  /// One side: its head, the first bytes of its body, and the size of all of it.
  struct Side: Sendable, Hashable {
    var head: JSONObject
    var body: [UInt8]
    var size: Int
  }

  /// What came of it.
  enum End: Sendable, Hashable {
    /// No answer: the call ended first.
    case open
    case answered(Side, milliseconds: Int64)
    /// **Shape** an error as `ActionFailure.value`.
    case failed(JSONValue, milliseconds: Int64)
  }

  /// Milliseconds since 1970.
  let startedAt: Int64
  let request: Side
  private let secrets: SecretRedaction
  private(set) var end = End.open

  /// - Parameter fileBytes: of what was sent out of files besides.
  init(
    request: JSONValue, body: ArraySlice<UInt8>, fileBytes: Int64 = 0, secrets: SecretRedaction,
    startedAt: Int64
  ) {
    self.startedAt = startedAt
    self.secrets = secrets
    var head = JSONObject()
    for name in ["method", "url", "headers", "credential", "body_blob", "parts"] {
      if let value = request[name], !value.isEmpty { head[name] = secrets.redacted(value) }
    }
    self.request = Self.side(head, body, secrets, besides: fileBytes)
  }

  mutating func finish(_ reply: ServiceReply, milliseconds: Int64) {
    let value = (try? JSONValue(parsing: reply.json)) ?? .null
    guard reply.status == 0 else {
      end = .failed(value, milliseconds: milliseconds)
      return
    }
    var head = JSONObject()
    for name in ["status", "headers", "url", "blob"] { head[name] = value[name].map(secrets.redacted) }
    let saved = value["blob"]?["bytes"]?.asInteger ?? 0
    end = .answered(
      Self.side(head, reply.body, secrets, besides: saved), milliseconds: milliseconds)
  }

  private static func side(
    _ head: JSONObject, _ body: ArraySlice<UInt8>, _ secrets: SecretRedaction, besides: Int64
  ) -> Side {
    // Only what may be kept is looked through: bodies have megabytes.
    let kept = secrets.redacted(body, first: HostServicesLimits.exchangeBytes)
    return Side(
      head: bounded(head), body: Array(kept.prefix(HostServicesLimits.exchangeBytes)),
      size: body.count + Int(clamping: besides))
  }

  /// As stored.
  ///
  /// **Shape** its head is `{attempt, request: {method, url, headers, credential?, body_blob?,
  /// parts?}, response?: {status, headers, url, blob?}, error?}`; headers that were too long are `headers_cut: true`.
  func row(of order: CallOrderFacts, by caller: CallerFacts) -> ExchangeRow {
    var head: JSONObject = [
      "attempt": .integer(Int64(order.attempt)), "request": .object(request.head),
    ]
    var (status, response, spent): (Int?, Side?, Int64) = (nil, nil, 0)
    switch end {
    case .open: break
    case .answered(let side, let milliseconds):
      head["response"] = .object(side.head)
      status = side.head["status"]?.asInteger.map { Int(clamping: $0) }
      (response, spent) = (side, milliseconds)
    case .failed(let error, let milliseconds):
      head["error"] = error
      spent = milliseconds
    }
    var row = ExchangeRow(
      connector: caller.connector, component: caller.component.rawValue, run: order.run,
      status: status, head: JSONValue.object(head).json, request: request.body,
      response: response?.body ?? [], startedAt: startedAt, durationMS: spent)
    row.requestSize = request.size
    row.responseSize = response?.size ?? 0
    return row
  }

  /// A head over its bound keeps its names and numbers; its headers are left out.
  private static func bounded(_ head: JSONObject) -> JSONObject {
    guard JSONValue.object(head).jsonBytes.count > HostServicesLimits.exchangeHeadBytes else {
      return head
    }
    var head = head
    head["headers"] = nil
    head["parts"] = nil
    head["headers_cut"] = true
    head["url"] = head["url"]?.asText.map { .text(String($0.unicodeScalars.prefix(2_048))) }
    return head
  }
}

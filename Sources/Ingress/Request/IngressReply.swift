// SPDX-License-Identifier: Apache-2.0
// What the caller is told.

import Pipeline
import Values

/// An answer, ready for the listener.
package struct IngressReply: Sendable, Hashable {
  package var status: Int
  package var headers: [String: String]
  package var body: [UInt8]

  package init(status: Int, headers: [String: String] = [:], json: JSONValue) {
    self.status = status
    self.headers = headers
    self.headers["Content-Type"] = "application/json"
    body = json.jsonBytes
  }

  /// A mapped answer: a text as it is, everything else as JSON, unless a header says otherwise.
  package init(_ response: Response) {
    status = response.status
    headers = [:]
    switch response.body {
    case nil: body = []
    case .text(let text):
      headers["Content-Type"] = "text/plain; charset=utf-8"
      body = Array(text.utf8)
    case .some(let value):
      headers["Content-Type"] = "application/json"
      body = value.jsonBytes
    }
    for header in response.headers {
      // Names of headers count in any case: the author's takes the place of the usual one.
      if header.name.lowercased() == "content-type" { headers["Content-Type"] = nil }
      headers[header.name] = header.value
    }
  }

  /// A text that no browser takes for a page.
  init(status: Int, plain: String) {
    self.status = status
    headers = [
      "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
    ]
    body = Array(plain.utf8)
  }

  init(status: Int, page: String) {
    self.status = status
    headers = ["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"]
    body = Array(page.utf8)
  }

  /// **Shape** `{"error": {"code", "message", …}}`
  static func refusal(
    _ status: Int, _ code: String, _ message: String, headers: [String: String] = [:],
    detail: JSONObject = [:]
  ) -> IngressReply {
    var error: JSONObject = ["code": .text(code), "message": .text(message)]
    for member in detail { error[member.name] = member.value }
    return IngressReply(status: status, headers: headers, json: ["error": .object(error)])
  }

  /// The receipt, sent from the commit's completion; the same for a duplicate.
  package static func accepted(_ run: RunID) -> IngressReply {
    IngressReply(status: 202, json: ["run": .text(run.description)])
  }

  package static let healthy = IngressReply(status: 200, json: ["status": "ok"])

  /// The host is behind: nothing was accepted, and the sender may come again.
  package static let busy = refusal(
    503, "busy", "too much is waiting to be written: send it again in a second",
    headers: ["Retry-After": "1"])

  /// Something of ours failed; `reference` is also in the log.
  package static func failed(reference: String) -> IngressReply {
    refusal(
      500, "internal", "the event was not accepted, send it again; reference \(reference)",
      detail: ["reference": .text(reference)])
  }
}

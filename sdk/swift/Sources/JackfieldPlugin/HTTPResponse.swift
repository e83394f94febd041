// SPDX-License-Identifier: Apache-2.0
// What the peer answered.
import CJackfield
import Values

/// One HTTP response, with every applied secret removed.
public struct HTTPResponse: Sendable {
  public var status: Int
  /// Lower-case names; repeats joined by `, `.
  public var headers: JSONObject
  /// Decoded of its transfer and content encoding.
  public var body: [UInt8]
  /// The parsed body, or nil when its type does not say JSON or it is none.
  public var json: JSONValue?
  /// The saved body, where one was asked to be saved; `body` is empty then.
  public var blob: Blob?
  /// The URL that answered, after redirects.
  public var url: String
  /// From handing the request over to the last byte of the response.
  public var elapsed: Duration

  /// A header's value; the name in any case.
  public func header(_ name: String) -> String? { headers[name.lowercased()]?.asText }

  /// The body as JSON whatever its type says: some APIs answer with JSON as `text/javascript`.
  public var anyJSON: JSONValue? { json ?? (try? JSONValue(parsing: body)) }

  /// The body as text, repaired where it is no UTF-8.
  public var text: String { String(decoding: body, as: UTF8.self) }

  init(_ response: jf_http_response, _ call: Call) {
    status = Int(response.status)
    headers = call.value(response.headers).json.asObject ?? JSONObject()
    body = response.body.array
    json = response.json.map { call.value($0).json }
    blob = response.blob.flatMap { Blob(call.value($0).json) }
    url = response.url.text
    elapsed = .milliseconds(response.elapsed_ms)
  }
}

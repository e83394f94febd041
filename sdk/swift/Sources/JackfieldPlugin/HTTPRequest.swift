// SPDX-License-Identifier: Apache-2.0
// A request the host is asked to send.
import CJackfield
import Values

/// One HTTP request.
///
/// The host checks the grant, applies the credential, and writes the request down before it
/// leaves. Secrets are never part of it: name the credential.
public struct HTTPRequest: Sendable {
  public var method: String
  /// Absolute, http or https, without user or password.
  public var url: String
  /// Not Host, Content-Length, Transfer-Encoding, Connection.
  public var headers: [HTTPHeader]
  public var body: [UInt8]
  /// The credential to apply, by name.
  public var credential: String?
  /// At most this; nil is what is left of the call.
  public var timeout: Duration?
  /// **Unit**: bytes after decompression; nil is 1 MiB, at most 10 MiB.
  public var maxResponseBytes: Int?
  /// How many redirects the host follows, 0 to 5.
  public var maxRedirects: Int
  /// A blob as the body, instead of `body`.
  public var bodyBlob: Blob?
  /// `multipart/form-data`, instead of `body`: at most 100 parts, of them 16 blobs.
  public var parts: [HTTPPart] = []
  /// Whether the body of a good answer becomes a blob: `maxResponseBytes` is then 100 MiB where it
  /// is nil, and at most.
  public var savesBody = false

  public init(
    _ method: String, _ url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
    credential: String? = nil, timeout: Duration? = nil, maxResponseBytes: Int? = nil,
    maxRedirects: Int = 0
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.credential = credential
    self.timeout = timeout
    self.maxResponseBytes = maxResponseBytes
    self.maxRedirects = maxRedirects
  }

  /// A request with a JSON body and its content type.
  public static func json(
    _ method: String, _ url: String, _ body: JSONValue, headers: [HTTPHeader] = [],
    credential: String? = nil
  ) -> HTTPRequest {
    HTTPRequest(
      method, url, headers: headers + [HTTPHeader("Content-Type", "application/json")],
      body: body.jsonBytes, credential: credential)
  }

  /// The headers as the ABI takes them: repeats become a list.
  private var headerObject: JSONValue {
    var object = JSONObject()
    for header in headers {
      switch object[header.name] {
      case nil: object[header.name] = .text(header.value)
      case .list(let values): object[header.name] = .list(values + [.text(header.value)])
      case let first?: object[header.name] = .list([first, .text(header.value)])
      }
    }
    return .object(object)
  }

  /// The ABI's form of this request, alive as long as `borrowed` and the call.
  func lent(_ call: Call, _ borrowed: Borrowed) throws(ActionError) -> jf_http_request {
    var request = jf_http_request()
    request.size = UInt32(MemoryLayout<jf_http_request>.size)
    request.method = borrowed.bytes(method)
    request.url = borrowed.bytes(url)
    request.headers = headers.isEmpty ? nil : try call.require(headerObject)
    request.body = borrowed.bytes(body)
    request.credential = borrowed.bytes(credential)
    request.timeout_ms = timeout?.milliseconds ?? 0
    request.max_response_bytes = UInt64(clamping: maxResponseBytes ?? 0)
    request.max_redirects = UInt32(clamping: maxRedirects)
    request.save_body = savesBody ? 1 : 0
    if let bodyBlob { request.body_blob = try call.require(bodyBlob.json) }
    if !parts.isEmpty { request.parts = try call.require(.list(parts.map(\.json))) }
    return request
  }
}

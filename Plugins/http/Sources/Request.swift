// SPDX-License-Identifier: Apache-2.0
// http.request: calls any HTTP API.
import JackfieldBase
import JackfieldPlugin

/// Sends one request as it was written, and reads the answer as JSON or text.
struct Request: Action {
  static let id = "http.request"

  struct Parameters: Decodable {
    var url: String
    var method: String?
    var headers: JSONObject?
    var body_kind: BodyKind?
    var body: JSONValue?
    var content_type: String?
    var credential: String?
    var follow_redirects: Bool?
    var max_response: Int?
    var save_body: SavedBody?
    var effect: Effect?
  }

  /// What becomes of the body of a good answer.
  enum SavedBody: String, Decodable { case none, blob }

  /// **Unit**: bytes. What is taken into a value, the host's own limit.
  private static let largestInValue = 10 << 20

  struct Result: Encodable {
    var status: Int
    var headers: JSONObject
    var json: JSONValue?
    var text: String?
    var body: Blob?
    var mapping = "none"
    var url: String
    var ms: Int64
    var bytes: Int
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let method = try RequestMethod.checked(p.method)
    let effect = (p.effect ?? .auto).settled(method)
    let request = try compose(p, method, effect, call)
    let response: HTTPResponse
    do { response = try call.http.send(request) } catch {
      throw effect.reading(error)
    }
    let result = Self.result(of: response, method)
    if let error = StatusError.error(response, effect, result) { throw error }
    return result
  }

  private func compose(
    _ p: Parameters, _ method: String, _ effect: Effect, _ call: Call
  ) throws(ActionError) -> HTTPRequest {
    let body = try RequestBody(
      p.body_kind ?? .none, p.body, contentType: p.content_type.flatMap { $0.isEmpty ? nil : $0 })
    var headers = try RequestHeaders.read(p.headers)
    if let type = body.contentType {
      let isSet = headers.contains { $0.name.lowercased() == "content-type" }
      if p.content_type?.isEmpty == false {
        headers.removeAll { $0.name.lowercased() == "content-type" }
      }
      if !isSet || p.content_type?.isEmpty == false {
        headers.append(HTTPHeader("Content-Type", type))
      }
    }
    if effect == .keyed { headers.append(HTTPHeader("Idempotency-Key", call.key)) }
    let saves = p.save_body == .blob
    if !saves, let most = p.max_response, most > Self.largestInValue {
      throw .invalidInput(
        "bad_max_response", "max_response is \(most), an answer that is not saved has at most "
          + "\(Self.largestInValue) bytes: say save_body: blob")
    }
    var request = HTTPRequest(
      method, try RequestURL.written(p.url, query: body.query), headers: headers,
      body: body.bytes, credential: p.credential.flatMap { $0.isEmpty ? nil : $0 },
      maxResponseBytes: p.max_response, maxRedirects: p.follow_redirects ?? true ? 5 : 0)
    request.bodyBlob = body.blob
    request.parts = body.parts
    request.savesBody = saves
    return request
  }

  /// JSON where the peer says so and it is, else text; nothing for HEAD and 204.
  private static func result(of response: HTTPResponse, _ method: String) -> Result {
    var result = Result(
      status: response.status, headers: response.headers, url: response.url,
      ms: milliseconds(response.elapsed), bytes: response.blob?.bytes ?? response.body.count)
    result.body = response.blob
    guard method != "HEAD", response.status != 204, !response.body.isEmpty else { return result }
    if let json = response.json {
      result.json = json
    } else if isLatin1(response) {
      result.text = String(String.UnicodeScalarView(response.body.map { Unicode.Scalar($0) }))
    } else {
      result.text = response.text
    }
    return result
  }

  private static func isLatin1(_ response: HTTPResponse) -> Bool {
    (response.header("content-type") ?? "").lowercased().contains("charset=iso-8859-1")
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}

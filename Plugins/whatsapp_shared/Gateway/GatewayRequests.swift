// SPDX-License-Identifier: Apache-2.0
// Requests to a bridge, and what a refusal of it means.
import JackfieldBase
import JackfieldPlugin

/// Sends the requests of one session. What may have been carried out is never called undone.
struct GatewayRequests {
  let credential: GatewayCredential
  let call: Call
  /// Sent with each.
  var headers: [HTTPHeader] = []

  func get(_ path: String) throws(ActionError) -> HTTPResponse {
    let request = HTTPRequest(
      "GET", credential.baseURL + path, headers: headers, credential: credential.name,
      maxResponseBytes: 10 << 20)
    do throws(ActionError) {
      return try call.http.send(request)
    } catch {
      // Nothing was changed by asking.
      guard error.class == .unknownOutcome else { throw error }
      throw .unavailable("gateway_unavailable", error.message)
    }
  }

  func send(
    _ method: String, _ path: String, _ body: JSONValue
  ) throws(ActionError) -> HTTPResponse {
    try call.http.send(
      .json(method, credential.baseURL + path, body, headers: headers, credential: credential.name))
  }

  /// A form as browsers send it.
  func post(
    _ path: String, fields: [(name: String, value: String)]
  ) throws(ActionError) -> HTTPResponse {
    var boundary = "jackfield-part"
    while fields.contains(where: { $0.value.contains(boundary) }) { boundary += "x" }
    var body = ""
    for field in fields {
      body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n"
      body += field.value + "\r\n"
    }
    body += "--\(boundary)--\r\n"
    let type = HTTPHeader("Content-Type", "multipart/form-data; boundary=\(boundary)")
    return try call.http.send(
      HTTPRequest(
        "POST", credential.baseURL + path, headers: headers + [type], body: Array(body.utf8),
        credential: credential.name))
  }

  /// The answer, where it is one of success.
  ///
  /// **Throws**: `denied`, codes `credentials_refused`, `not_admin`; `not_found`, code
  /// `group_not_found`; `rate_limited`, code `gateway_busy`; `unavailable`, code
  /// `session_offline`; `invalid_input`, code `gateway_refused`; `unknown_outcome`, code
  /// `gateway_error`, where it may have been done.
  func require(_ response: HTTPResponse, changes: Bool) throws(ActionError) -> JSONValue {
    if (200..<300).contains(response.status) { return response.anyJSON ?? .null }
    throw Self.error(response, changes: changes)
  }

  static func error(_ response: HTTPResponse, changes: Bool) -> ActionError {
    let body = response.anyJSON
    let words = body?["message"]?.asText ?? body?["error"]?.asText
      ?? body?["exception"]?["message"]?.asText ?? body?["response"]?["message"]?.asText ?? ""
    let status = String(response.status)
    let said = "the gateway answers \(status)" + (words.isEmpty ? "" : ": \(words.prefix(300))")
    let lower = words.lowercased()
    func fail(_ kind: ErrorClass, _ code: String, _ wait: Duration? = nil) -> ActionError {
      ActionError(kind, code, said, providerCode: status, retryAfter: wait)
    }
    if lower.contains("rate-overlimit") || response.status == 429 {
      return fail(.rateLimited, "gateway_busy", response.retryAfter ?? .seconds(300))
    }
    if lower.contains("not-authorized") || lower.contains("not an admin")
      || lower.contains("not admin")
    {
      return ActionError(.denied, "not_admin", "not a group admin", providerCode: status)
    }
    if lower.contains("only admins") { return fail(.denied, "not_admin") }
    if lower.contains("item-not-found") || lower.contains("group not found") {
      return fail(.notFound, "group_not_found")
    }
    if lower.contains("session") && lower.contains("status") || lower.contains("not logged in")
      || lower.contains("not connected")
    {
      return fail(.unavailable, "session_offline")
    }
    switch response.status {
    case 401: return fail(.denied, "credentials_refused")
    case 403: return fail(.denied, "not_admin")
    case 404: return fail(.notFound, "group_not_found")
    case 400..<500: return fail(.invalidInput, "gateway_refused")
    default:
      return changes
        ? fail(.unknownOutcome, "gateway_error") : fail(.unavailable, "gateway_unavailable")
    }
  }
}

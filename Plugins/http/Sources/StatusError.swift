// SPDX-License-Identifier: Apache-2.0
// What a status of 400 and above means.
import JackfieldBase
import JackfieldPlugin

/// The error behind a response's status.
enum StatusError {
  /// Nil below 400; else the class of the status, with the whole result as detail.
  static func error(
    _ response: HTTPResponse, _ effect: Effect, _ result: Request.Result
  ) -> ActionError? {
    guard response.status >= 400 else { return nil }
    let (kind, code) = meaning(of: response.status, effect)
    var detail: JSONObject = [
      "status": .integer(Int64(result.status)), "headers": .object(result.headers),
    ]
    if let json = result.json { detail["json"] = json }
    if let text = result.text { detail["text"] = .text(text) }
    detail["mapping"] = .text(result.mapping)
    detail["url"] = .text(result.url)
    detail["ms"] = .integer(result.ms)
    detail["bytes"] = .integer(Int64(result.bytes))
    return ActionError(
      kind, code, "HTTP \(response.status)", providerCode: String(response.status),
      retryAfter: response.retryAfter, detail: .object(detail))
  }

  private static func meaning(of status: Int, _ effect: Effect) -> (ErrorClass, String) {
    switch status {
    case 401, 403: (.denied, "http_denied")
    case 404, 410: (.notFound, "http_not_found")
    case 409: (.conflict, "http_conflict")
    case 429: (.rateLimited, "http_rate_limited")
    case 400, 422: (.invalidInput, "http_refused")
    case 500...599: effect == .atMostOnce ? (.failed, "http_server_error")
      : (.unavailable, "http_server_unavailable")
    default: (.failed, "http_failed")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// What a server says when it does not answer.
import JackfieldBase
import JackfieldPlugin

/// Errors of chat servers.
enum ChatError {
  /// Nil for a success.
  static func error(_ response: HTTPResponse) -> ActionError? {
    guard !(200..<300).contains(response.status) else { return nil }
    let body = Body(response.anyJSON)
    let (kind, name): (ErrorClass, String) =
      body.saysNoQuota
      ? (.denied, "insufficient_quota") : meaning(of: response.status, body.code)
    return ActionError(
      kind, name, "HTTP \(response.status)" + (body.message.map { ": \($0)" } ?? ""),
      providerCode: body.code ?? String(response.status),
      retryAfter: kind == .rateLimited || kind == .unavailable ? response.retryAfter : nil)
  }

  /// The error in the body of a response that failed under the status 200; nil where it has none.
  static func failure(_ value: JSONValue?) -> ActionError? {
    guard let error = value?["error"], !error.isNull else { return nil }
    let body = Body(value)
    let (kind, name): (ErrorClass, String) =
      switch body.code {
      case _ where body.saysNoQuota: (.denied, "insufficient_quota")
      case "rate_limit_exceeded": (.rateLimited, "rate_limit")
      case "server_error": (.unavailable, "server_unavailable")
      case "invalid_prompt": (.invalidInput, "request_refused")
      default: (.failed, "server_failed")
      }
    return ActionError(
      kind, name, "the answer failed" + (body.message.map { ": \($0)" } ?? ""),
      providerCode: body.code)
  }

  /// The error of a body; its code is text, a number or absent, depending on the server.
  private struct Body {
    let code: String?
    let message: String?
    let saysNoQuota: Bool

    init(_ value: JSONValue?) {
      let error = value?["error"]
      code = error?["code"]?.asText ?? error?["code"]?.asInteger.map(String.init)
      message = error?["message"]?.asText ?? error?.asText
      saysNoQuota = [code, error?["type"]?.asText].contains("insufficient_quota")
    }
  }

  private static func meaning(of status: Int, _ code: String?) -> (ErrorClass, String) {
    switch status {
    case 401, 403: (.denied, "key_refused")
    case 404: (.notFound, "model_not_found")
    case 429: (.rateLimited, "rate_limit")
    case 408, 409, 500...599: (.unavailable, "server_unavailable")
    case 400, 413, 422:
      (.invalidInput, code == "context_length_exceeded" ? "context_too_long" : "request_refused")
    default: (.failed, "server_failed")
    }
  }
}

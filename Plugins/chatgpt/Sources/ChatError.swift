// SPDX-License-Identifier: Apache-2.0
// What a server says when it does not answer.
import JackfieldBase
import JackfieldPlugin

/// Errors of chat-completion servers.
enum ChatError {
  /// Nil for a success. `error.code` is text, a number or absent, depending on the server.
  static func error(_ response: HTTPResponse) -> ActionError? {
    guard !(200..<300).contains(response.status) else { return nil }
    let body = response.anyJSON?["error"]
    let code = body?["code"]?.asText ?? body?["code"]?.asInteger.map(String.init)
    let type = body?["type"]?.asText
    let hasNoQuota = code == "insufficient_quota" || type == "insufficient_quota"
    let (kind, name): (ErrorClass, String) =
      hasNoQuota ? (.denied, "insufficient_quota") : meaning(of: response.status, code)
    let said = body?["message"]?.asText ?? body?.asText
    return ActionError(
      kind, name, "HTTP \(response.status)" + (said.map { ": \($0)" } ?? ""),
      providerCode: code ?? String(response.status),
      retryAfter: kind == .rateLimited || kind == .unavailable ? response.retryAfter : nil)
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

// SPDX-License-Identifier: Apache-2.0
// Meta's Cloud API: the answers.
import JackfieldBase
import JackfieldPlugin

/// Reads what the Cloud API answered to one send.
enum CloudAnswer {
  /// The message it took, or the error it gave.
  static func read(
    _ response: HTTPResponse, _ number: String
  ) -> Result<SendMessage.SentMessage, ActionError> {
    guard (200..<300).contains(response.status) else {
      return .failure(error(response))
    }
    let body = response.anyJSON
    guard let id = body?["messages"]?[0]?["id"]?.asText, !id.isEmpty else {
      return .failure(
        .unknownOutcome("unreadable_answer", "HTTP \(response.status) without a message id"))
    }
    let waID = body?["contacts"]?[0]?["wa_id"]?.asText
    return .success(SendMessage.SentMessage(to: number, message_id: id, wa_id: waID))
  }

  static func error(_ response: HTTPResponse) -> ActionError {
    guard let body = response.anyJSON?["error"], let code = code(body["code"]) else {
      return unreadable(response)
    }
    let (kind, name) = CloudErrorTable.meaning(of: code, status: response.status)
    let details = body["error_data"]?["details"]?.asText ?? body["message"]?.asText ?? ""
    let trace = body["fbtrace_id"]?.asText.map { " (trace \($0))" } ?? ""
    return ActionError(
      kind, name, "WhatsApp \(code): \(details)\(trace)", providerCode: String(code),
      retryAfter: kind == .rateLimited ? response.retryAfter ?? CloudErrorTable.pause(code) : nil)
  }

  /// An answer that is no error of Meta's: a proxy's page, or half a body.
  private static func unreadable(_ response: HTTPResponse) -> ActionError {
    let status = String(response.status)
    switch response.status {
    case 401, 403:
      return ActionError(
        .denied, "credentials_refused", "HTTP \(status): the token was refused",
        providerCode: status)
    case 429:
      return ActionError(
        .rateLimited, "rate_limit", "HTTP \(status)", providerCode: status,
        retryAfter: response.retryAfter)
    case 500...599:
      return ActionError(
        .unknownOutcome, "unreadable_answer", "HTTP \(status) without a readable error",
        providerCode: status)
    default:
      return ActionError(
        .failed, "refused", "HTTP \(status) without a readable error", providerCode: status)
    }
  }

  private static func code(_ value: JSONValue?) -> Int64? {
    value?.asInteger ?? value?.asText.flatMap { Int64($0) }
  }
}

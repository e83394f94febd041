// SPDX-License-Identifier: Apache-2.0
// Why an attempt at an action did not succeed.

import Values

/// A failed attempt as a value: what the fallback matches and the run view shows.
package struct ActionFailure: Error, Sendable, Hashable {
  package var `class`: ErrorClass
  /// **Shape** snake_case, stable; empty when the plugin gave none.
  package var code: String
  /// What happened and what to do; no payloads, no secrets.
  package var message: String
  package var providerCode: String?
  /// **Unit** milliseconds from the answer on.
  package var retryAfterMS: Int64?
  package var detail: JSONValue?

  package init(
    _ class: ErrorClass, code: String, message: String, providerCode: String? = nil,
    retryAfterMS: Int64? = nil, detail: JSONValue? = nil
  ) {
    self.class = `class`
    self.code = code
    self.message = message
    self.providerCode = providerCode
    self.retryAfterMS = retryAfterMS
    self.detail = detail
  }
}

extension ActionFailure {
  /// Whether the attempt ended because its time was over, whatever its class says of what was done:
  /// the time of a request may end before the call's, and what had left may be carried out.
  package var isOverdue: Bool {
    switch `class` {
    case .timeout: true
    case .unavailable, .unknownOutcome: code == "timeout" || code == "deadline"
    default: false
    }
  }

  /// As an object `{class, code, message, provider_code?, retry_after_ms?, detail?}`.
  package var value: JSONValue {
    var object = JSONObject()
    object["class"] = .text(`class`.rawValue)
    object["code"] = .text(code)
    object["message"] = .text(message)
    if let providerCode { object["provider_code"] = .text(providerCode) }
    if let retryAfterMS { object["retry_after_ms"] = .integer(retryAfterMS) }
    if let detail { object["detail"] = detail }
    return .object(object)
  }

  /// From that object; absent members are empty, an unknown class is `bug`.
  package init?(value: JSONValue) {
    guard value.asObject != nil else { return nil }
    self.init(
      ErrorClass(rawValue: value["class"]?.asText ?? "") ?? .bug,
      code: value["code"]?.asText ?? "", message: value["message"]?.asText ?? "",
      providerCode: value["provider_code"]?.asText,
      retryAfterMS: value["retry_after_ms"]?.asInteger, detail: value["detail"])
  }
}

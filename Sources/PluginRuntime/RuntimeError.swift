// SPDX-License-Identifier: Apache-2.0
// The errors the runtime itself reports of a call.
import CJackfield
import Values

/// Error documents as they cross: {code, message, …}.
package enum RuntimeError {
  /// What the log says when a plugin breaks the first rule of calls.
  package static let lateUse =
    "a call was used after it had returned: an action must be done with its call, on every thread, "
    + "before `run` returns"

  /// The answer of every service once the host no longer wants the call.
  static let cancelled = ServiceReply(
    exchange: 0, status: JF_UNAVAILABLE,
    json: json("cancelled", "the host no longer wants this call: return")[...])

  static func json(
    _ code: String, _ message: String, providerCode: String = "", retryAfter: Int64 = 0,
    detail: UnsafePointer<JSONTape.Node>? = nil
  ) -> [UInt8] {
    let builder = JSONBuilder()
    builder.objectBegin()
    builder.key("code")
    builder.text(code)
    builder.key("message")
    builder.text(message)
    if !providerCode.isEmpty {
      builder.key("provider_code")
      builder.text(providerCode)
    }
    if retryAfter > 0 {
      builder.key("retry_after_ms")
      builder.integer(retryAfter)
    }
    if let detail {
      builder.key("detail")
      builder.copy(detail)
    }
    builder.end()
    do {
      return try builder.finish()
    } catch {
      // Only a detail can be at fault: too deep or too large. The error matters more than it.
      return detail == nil
        ? Array(#"{"code":"bug","message":""}"#.utf8)
        : json(code, message, providerCode: providerCode, retryAfter: retryAfter)
    }
  }

  static func result(_ status: jf_status, _ code: String, _ message: String) -> CallResult {
    CallResult(status: status, json: json(code, message))
  }
}

// SPDX-License-Identifier: Apache-2.0
// The error of this module.

import Values

/// Why a body is no event, and what the sender is told.
package struct IngressError: Error, Sendable, Hashable {
  /// **Shape** snake_case, stable: `bad_json`, `bad_form`, `bad_multipart`, `dedupe_failed`,
  /// `unsupported_encoding`, `unsupported_charset`
  package let code: String
  package let message: String
  /// Beside code and message: line and column of a JSON error.
  package let detail: JSONObject

  init(code: String, message: String, detail: JSONObject = [:]) {
    self.code = code
    self.message = message
    self.detail = detail
  }

  /// The body as such may be right, and this host does not read it as it was sent.
  private var isUnsupported: Bool { code.hasPrefix("unsupported_") }

  var status: Int { isUnsupported ? 415 : 400 }

  var verdict: IngressVerdict {
    if isUnsupported { return .unsupported }
    return code == "bad_json" ? .badJSON : .badBody
  }
}

// SPDX-License-Identifier: Apache-2.0
// The error of this module.

import Values

/// Why a body is no event: what the sender is told with 400.
package struct IngressError: Error, Sendable, Hashable {
  /// **Shape** snake_case, stable: `bad_json`, `bad_form`, `bad_multipart`, `dedupe_failed`
  package let code: String
  package let message: String
  /// Beside code and message: line and column of a JSON error.
  package let detail: JSONObject

  init(code: String, message: String, detail: JSONObject = [:]) {
    self.code = code
    self.message = message
    self.detail = detail
  }

  var verdict: IngressVerdict { code == "bad_json" ? .badJSON : .badBody }
}

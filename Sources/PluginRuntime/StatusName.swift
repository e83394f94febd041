// SPDX-License-Identifier: Apache-2.0
// Names for messages.
import CJackfield

/// The classes of errors as people read them.
package enum StatusName {
  /// An unknown number is a bug, as the ABI says.
  package static func of(_ status: jf_status) -> String {
    switch status {
    case JF_OK: "ok"
    case JF_INVALID_INPUT: "invalid_input"
    case JF_DENIED: "denied"
    case JF_NOT_FOUND: "not_found"
    case JF_CONFLICT: "conflict"
    case JF_RATE_LIMITED: "rate_limited"
    case JF_UNAVAILABLE: "unavailable"
    case JF_FAILED: "failed"
    case JF_UNKNOWN_OUTCOME: "unknown_outcome"
    default: "bug"
    }
  }

  /// A status as this version knows it.
  static func known(_ status: jf_status) -> jf_status {
    (JF_OK...JF_BUG).contains(status) ? status : JF_BUG
  }
}

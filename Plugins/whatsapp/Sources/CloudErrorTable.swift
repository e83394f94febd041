// SPDX-License-Identifier: Apache-2.0
// Meta's error codes, by what can be done about them.
import JackfieldPlugin

/// The codes of the Cloud API.
///
/// **Source**: developers.facebook.com, WhatsApp Cloud API error codes, v23.0. The code decides;
/// the HTTP status is secondary there.
enum CloudErrorTable {
  /// The class of a code and our name for it.
  static func meaning(of code: Int64, status: Int) -> (ErrorClass, String) {
    switch code {
    case 0, 3, 10, 190, 200...299, 131_005, 131_031, 131_042, 131_045, 133_010, 368:
      (.denied, "credentials_refused")
    case 4, 80_007, 130_429, 131_056, 131_057, 133_016: (.rateLimited, "rate_limit")
    case 1, 2, 131_000, 131_016, 133_004: (.unavailable, "provider_unavailable")
    case 33, 100, 131_008, 131_009, 131_021, 131_051, 131_053: (.invalidInput, "bad_request")
    case 132_000, 132_001, 132_005, 132_012: (.invalidInput, "bad_template")
    case 132_007, 132_015, 132_016, 132_068, 132_069: (.failed, "template_paused")
    case 131_047: (.denied, "session_closed")
    case 131_026: (.failed, "undeliverable")
    case 131_048: (.failed, "spam_limit")
    case 131_049: (.failed, "marketing_cap")
    case 130_472: (.failed, "experiment_group")
    default: status >= 500 ? (.unavailable, "provider_unavailable") : (.failed, "refused")
    }
  }

  /// How long to wait where the answer does not say: one message per 6 s between the same two
  /// numbers, a sender's throughput by the second, an account's budget by the hour.
  static func pause(_ code: Int64) -> Duration? {
    switch code {
    case 131_056: .seconds(6)
    case 130_429: .seconds(2)
    case 4, 80_007: .seconds(300)
    default: nil
    }
  }
}

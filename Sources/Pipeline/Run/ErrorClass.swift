// SPDX-License-Identifier: Apache-2.0
// The closed set of ways in which an action fails.

/// The class of a failure: what the engine decides by; the code beside it is what people and
/// rules match.
package enum ErrorClass: String, Sendable, Hashable, CaseIterable {
  /// The parameters are wrong; never retried.
  case invalidInput = "invalid_input"
  /// Not granted, not logged in, refused by a policy.
  case denied
  /// What was referred to does not exist.
  case notFound = "not_found"
  /// Somebody else changed it first.
  case conflict
  /// Too many; nothing was done; later it will work.
  case rateLimited = "rate_limited"
  /// Transient; nothing was done; later it may work.
  case unavailable
  /// Permanent; nothing was done.
  case failed
  /// It may or may not have been done.
  case unknownOutcome = "unknown_outcome"
  /// The plugin or the host broke a rule.
  case bug
  /// The deadline passed; only the host says so, it has no status of its own in the ABI.
  case timeout

  /// The ABI's `jf_status` of this class; a timeout shows as `JF_UNAVAILABLE` to a plugin.
  package var status: Int32 {
    switch self {
    case .invalidInput: 1
    case .denied: 2
    case .notFound: 3
    case .conflict: 4
    case .rateLimited: 5
    case .unavailable, .timeout: 6
    case .failed: 7
    case .unknownOutcome: 8
    case .bug: 9
    }
  }

  /// The class of a `jf_status` that is not `JF_OK`; an unknown status is read as `bug`.
  package init(status: Int32) {
    switch status {
    case 1: self = .invalidInput
    case 2: self = .denied
    case 3: self = .notFound
    case 4: self = .conflict
    case 5: self = .rateLimited
    case 6: self = .unavailable
    case 7: self = .failed
    case 8: self = .unknownOutcome
    default: self = .bug
    }
  }
}

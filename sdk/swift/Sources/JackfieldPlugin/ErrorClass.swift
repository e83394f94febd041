// SPDX-License-Identifier: Apache-2.0
// The closed set of ways an action fails.
import CJackfield

/// The class of an error: it decides what the host does next.
///
/// **Source**: the status values of `jackfield/plugin.h`.
public enum ErrorClass: Int32, Sendable, Hashable, CaseIterable {
  /// A parameter, a reference or a file is wrong; it fails again in the same way.
  case invalidInput = 1
  /// Not allowed: a grant, a credential, a blacklist.
  case denied = 2
  /// What was named does not exist.
  case notFound = 3
  /// Somebody else changed it first.
  case conflict = 4
  /// Too many; nothing was done, later it will work.
  case rateLimited = 5
  /// Transient; nothing was done, later it may work.
  case unavailable = 6
  /// Permanent; nothing was done.
  case failed = 7
  /// It may or may not have been done.
  case unknownOutcome = 8
  /// The plugin or the host broke a rule of the ABI.
  case bug = 9

  /// The name used in manifests, fallback rules and results.
  public var name: String {
    switch self {
    case .invalidInput: "invalid_input"
    case .denied: "denied"
    case .notFound: "not_found"
    case .conflict: "conflict"
    case .rateLimited: "rate_limited"
    case .unavailable: "unavailable"
    case .failed: "failed"
    case .unknownOutcome: "unknown_outcome"
    case .bug: "bug"
    }
  }

  /// The class behind a status of the ABI; one this SDK does not know is a bug.
  init(status: jf_status) {
    self = ErrorClass(rawValue: status) ?? .bug
  }
}

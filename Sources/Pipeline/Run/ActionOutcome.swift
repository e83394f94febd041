// SPDX-License-Identifier: Apache-2.0
// How one call of an action ended.

import Values

/// The closed set of outcomes of an attempt.
package enum ActionOutcome: Sendable, Hashable {
  case succeeded(JSONValue)
  case failed(ActionFailure)
  /// The deadline passed, and nothing is out whose fate is open.
  case timeout(ActionFailure)
  /// It may or may not have been done.
  case unknown(ActionFailure)

  package var status: ActionStatus {
    switch self {
    case .succeeded: .succeeded
    case .failed: .failed
    case .timeout: .timeout
    case .unknown: .unknown
    }
  }

  package var failure: ActionFailure? {
    switch self {
    case .succeeded: nil
    case .failed(let failure), .timeout(let failure), .unknown(let failure): failure
    }
  }

  /// The outcome of a failure by its class.
  package init(failure: ActionFailure) {
    switch failure.class {
    case .timeout: self = .timeout(failure)
    case .unknownOutcome: self = .unknown(failure)
    default: self = .failed(failure)
    }
  }
}

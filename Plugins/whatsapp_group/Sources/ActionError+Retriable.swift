// SPDX-License-Identifier: Apache-2.0
// Errors of actions that may be repeated.
import JackfieldPlugin

extension ActionError {
  /// As an action reports it whose requests may be repeated: what may have been done can be done
  /// again.
  var retriable: ActionError {
    guard self.class == .unknownOutcome else { return self }
    return .unavailable("gateway_unavailable", message)
  }
}

// SPDX-License-Identifier: Apache-2.0
// The fallbacks a run is inside of.

import Calendar
import Values

/// An action failed and another one is to be called in its place, which may fail in its turn.
struct FallbackChain: Sendable {
  /// The rule taken at each failure, the outermost first.
  var path: [Int]
  /// The actions they named; the last one is to be called.
  var actions: [ComponentID]
  /// The failure that led here.
  var error: ActionFailure
  /// What failed, and with which parameters where it got that far.
  var use: ActionID
  var with: JSONValue?
  /// No further action begins after it.
  var until: Moment?

  /// **Shape** `{use, with?}`.
  var failed: JSONValue {
    var object: JSONObject = ["use": .text(use.rawValue)]
    object["with"] = with
    return .object(object)
  }
}

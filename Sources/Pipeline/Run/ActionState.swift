// SPDX-License-Identifier: Apache-2.0
// How an action of a run ended, as later components may ask.

import Values

/// How an action ended.
package enum ActionStatus: String, Sendable, Hashable, CaseIterable {
  case succeeded, failed, unknown, skipped, timeout
}

/// What `{{action.<id>}}` holds.
package struct ActionState: Sendable, Hashable {
  package var status: ActionStatus
  package var attempts: Int
  @Boxed package var error: ActionFailure?
  /// The fallback taken, after a failure.
  package var taken: Taken?

  package var isOK: Bool { status == .succeeded }

  package init(
    status: ActionStatus, attempts: Int = 1, error: ActionFailure? = nil, taken: Taken? = nil
  ) {
    self.status = status
    self.attempts = attempts
    self.error = error
    self.taken = taken
  }

  /// **Shape** `{ok, status, attempts, error?, taken?}`.
  package var value: JSONValue {
    var object = JSONObject()
    object["ok"] = .boolean(isOK)
    object["status"] = .text(status.rawValue)
    object["attempts"] = .integer(Int64(attempts))
    if let error { object["error"] = error.value }
    if let taken { object["taken"] = taken.value }
    return .object(object)
  }

  /// From that object; nil when it is none.
  package init?(value: JSONValue) {
    guard let status = value["status"]?.asText.flatMap(ActionStatus.init) else { return nil }
    self.init(
      status: status, attempts: value["attempts"]?.asInteger.flatMap { Int(exactly: $0) } ?? 0,
      error: value["error"].flatMap(ActionFailure.init), taken: value["taken"].flatMap(Taken.init))
  }
}

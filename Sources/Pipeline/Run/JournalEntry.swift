// SPDX-License-Identifier: Apache-2.0
// What a run did at one component.

import Values

/// What a journal entry is about.
package enum JournalKind: String, Sendable, Hashable, CaseIterable {
  case filter, action
}

/// How a component ended.
package enum JournalStatus: String, Sendable, Hashable, CaseIterable {
  /// A filter held, or did not.
  case passed, filtered
  case succeeded, failed, unknown, skipped, timeout

  init(_ status: ActionStatus) {
    switch status {
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .unknown: self = .unknown
    case .skipped: self = .skipped
    case .timeout: self = .timeout
    }
  }

  var action: ActionStatus? { ActionStatus(rawValue: rawValue) }
}

/// One line of a run's journal; a run is rebuilt from its lines.
package struct JournalEntry: Sendable, Hashable {
  package var step: StepID
  package var component: ComponentID
  package var kind: JournalKind
  package var status: JournalStatus
  /// The action, for kind `action`.
  package var action: ActionID?
  /// A filter: its conditions with operands and verdicts; an action: the rendered parameters.
  package var input: JSONValue?
  package var output: JSONValue?
  package var error: ActionFailure?
  package var attempts: Int?
  /// The fallback taken after a failure.
  package var taken: Fallback?
  package var notes: [String] = []

  /// **Shape** `{step, component, kind, status, action?, input?, output?, error?, attempts?,
  /// taken?, notes?}`, absent members left out.
  package var value: JSONValue {
    var object = JSONObject()
    object["step"] = .text(step.rawValue)
    object["component"] = .text(component.rawValue)
    object["kind"] = .text(kind.rawValue)
    object["status"] = .text(status.rawValue)
    if let action { object["action"] = .text(action.rawValue) }
    if let input { object["input"] = input }
    if let output { object["output"] = output }
    if let error { object["error"] = error.value }
    if let attempts { object["attempts"] = .integer(Int64(attempts)) }
    if let taken { object["taken"] = .text(taken.text) }
    if !notes.isEmpty { object["notes"] = .list(notes.map { .text($0) }) }
    return .object(object)
  }

  /// From that object; nil when it is none of ours.
  package init?(value: JSONValue) {
    guard let step = value["step"]?.asText, let component = value["component"]?.asText,
      let kind = value["kind"]?.asText.flatMap(JournalKind.init),
      let status = value["status"]?.asText.flatMap(JournalStatus.init)
    else { return nil }
    self.step = StepID(step)
    self.component = ComponentID(component)
    self.kind = kind
    self.status = status
    action = value["action"]?.asText.map { ActionID($0) }
    input = value["input"]
    output = value["output"]
    error = value["error"].flatMap(ActionFailure.init)
    attempts = value["attempts"]?.asInteger.map { Int($0) }
    taken = value["taken"]?.asText.flatMap { Fallback($0) }
    notes = value["notes"]?.asList?.compactMap(\.asText) ?? []
  }

  package init(
    step: StepID, component: ComponentID, kind: JournalKind, status: JournalStatus,
    action: ActionID? = nil, input: JSONValue? = nil, output: JSONValue? = nil,
    error: ActionFailure? = nil, attempts: Int? = nil, taken: Fallback? = nil,
    notes: [String] = []
  ) {
    self.step = step
    self.component = component
    self.kind = kind
    self.status = status
    self.action = action
    self.input = input
    self.output = output
    self.error = error
    self.attempts = attempts
    self.taken = taken
    self.notes = notes
  }
}

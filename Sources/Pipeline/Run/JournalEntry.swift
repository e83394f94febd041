// SPDX-License-Identifier: Apache-2.0
// What a run did at one component.

import Calendar
import Values

/// One line of a run's journal; a run is rebuilt from its lines.
package struct JournalEntry: Sendable, Hashable {
  package var step: StepID
  /// For kinds `loop` and `children` the id of the step.
  package var component: ComponentID
  package var kind: JournalKind
  package var status: JournalStatus
  /// The element of the loop, from 0.
  package var element: Int?
  /// The rules that led to a fallback's action, the outermost first; empty for an action itself.
  package var path: [Int] = []
  /// The action, for kinds `action` and `attempt`.
  package var action: ActionID?
  /// The first letters of the hash of the plugin's build that was called.
  package var build: String?
  /// The idempotency key of an attempt whose outcome is unknown.
  package var key: String?
  /// What became of it, as news told later: `{state, target?, code?, message?, result?}`.
  package var settled: JSONValue?
  /// Different targets whose news are waited for.
  package var awaits: Int?
  /// A filter: its conditions with operands and verdicts; an action: the rendered parameters; a
  /// wait: what it was computed from; the beginning of a loop: its elements.
  package var input: JSONValue?
  package var output: JSONValue?
  @Boxed package var error: ActionFailure?
  /// An action: how many it took; kind `attempt`: which one it was.
  package var attempts: Int?
  /// The fallback taken after a failure.
  package var taken: Taken?
  /// The number of the rule that said so.
  package var rule: Int?
  /// The name the output is saved under, where the document does not say: a fallback's action.
  package var save: String?
  /// The reason, where the action asked for the run to stop.
  package var stops: String?
  /// When a wait is over; with `taken` an action: until when such may still begin.
  package var dueAt: Moment?
  /// When the action is tried again.
  package var retryAt: Moment?
  /// Spent on the action so far, waits for gates not counted. **Unit** milliseconds.
  package var spentMS: Int64?
  /// Set in a dry run: nothing outside was touched.
  package var isDry = false
  package var notes: [String] = []

  package init(
    step: StepID, component: ComponentID, kind: JournalKind, status: JournalStatus,
    action: ActionID? = nil, input: JSONValue? = nil, output: JSONValue? = nil,
    error: ActionFailure? = nil, attempts: Int? = nil, taken: Taken? = nil, notes: [String] = []
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

extension JournalEntry {
  /// **Shape** `{step, component, kind, status, element?, path?, action?, build?, key?, settled?, awaits?,
  /// input?, output?, error?, attempts?, taken?, rule?, save?, stops?, due_at?, retry_at?, spent_ms?, dry_run?,
  /// notes?}`, absent members left out; times are ISO 8601.
  package var value: JSONValue {
    var object = JSONObject()
    object.reserveCapacity(10)
    object.add("step", .text(step.rawValue))
    object.add("component", .text(component.rawValue))
    object.add("kind", .text(kind.rawValue))
    object.add("status", .text(status.rawValue))
    if let element { object.add("element", .integer(Int64(element))) }
    if !path.isEmpty { object.add("path", .list(path.map { .integer(Int64($0)) })) }
    if let action { object.add("action", .text(action.rawValue)) }
    if let build { object.add("build", .text(build)) }
    if let key { object.add("key", .text(key)) }
    if let settled { object.add("settled", settled) }
    if let awaits { object.add("awaits", .integer(Int64(awaits))) }
    if let input { object.add("input", input) }
    if let output { object.add("output", output) }
    if let error { object.add("error", error.value) }
    if let attempts { object.add("attempts", .integer(Int64(attempts))) }
    if let taken { object.add("taken", taken.value) }
    if let rule { object.add("rule", .integer(Int64(rule))) }
    if let save { object.add("save", .text(save)) }
    if let stops { object.add("stops", .text(stops)) }
    if let dueAt { object.add("due_at", .text(dueAt.iso)) }
    if let retryAt { object.add("retry_at", .text(retryAt.iso)) }
    if let spentMS { object.add("spent_ms", .integer(spentMS)) }
    if isDry { object.add("dry_run", true) }
    if !notes.isEmpty { object.add("notes", .list(notes.map { .text($0) })) }
    return .object(object)
  }

  /// From that object; nil when it is none of ours.
  package init?(value: JSONValue) {
    guard let step = value["step"]?.asText, let component = value["component"]?.asText,
      let kind = value["kind"]?.asText.flatMap(JournalKind.init),
      let status = value["status"]?.asText.flatMap(JournalStatus.init)
    else { return nil }
    self.init(step: StepID(step), component: ComponentID(component), kind: kind, status: status)
    element = JournalEntry.count(value["element"])
    path = value["path"]?.asList?.compactMap { JournalEntry.count($0) } ?? []
    action = value["action"]?.asText.map { ActionID($0) }
    build = value["build"]?.asText
    key = value["key"]?.asText
    settled = value["settled"]
    awaits = JournalEntry.count(value["awaits"])
    input = value["input"]
    output = value["output"]
    error = value["error"].flatMap(ActionFailure.init)
    attempts = JournalEntry.count(value["attempts"])
    taken = value["taken"].flatMap(Taken.init)
    rule = JournalEntry.count(value["rule"])
    save = value["save"]?.asText
    stops = value["stops"]?.asText
    dueAt = value["due_at"].flatMap { Moment($0, zone: .utc) }
    retryAt = value["retry_at"].flatMap { Moment($0, zone: .utc) }
    spentMS = value["spent_ms"]?.asInteger
    isDry = value["dry_run"] == true
    notes = value["notes"]?.asList?.compactMap(\.asText) ?? []
  }

  private static func count(_ value: JSONValue?) -> Int? {
    guard let number = value?.asInteger, number >= 0 else { return nil }
    return Int(exactly: number)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Loops whose elements are runs of their own.

import Values

extension RunProgress {
  /// What the making of the elements' runs does to this one: it waits for them or goes on.
  package mutating func start(_ plan: ChildrenPlan) -> Continuation {
    settle()
    record(plan.entry)
    return continuation
  }

  /// What the runs of elements may read of what this run has produced.
  ///
  /// **Shape** `{saved, actions, steps, event_at}`, the last in milliseconds since 1970.
  var givenScope: JSONValue {
    var saved = JSONObject()
    for name in self.saved.keys.sorted() { saved[name] = self.saved[name] }
    var actions = JSONObject()
    for id in self.actions.keys.sorted() { actions[id.rawValue] = self.actions[id]?.value }
    var steps = JSONObject()
    for id in self.steps.keys.sorted() {
      steps[id.rawValue] = (self.steps[id]?.rawValue).map { .text($0) }
    }
    return [
      "saved": .object(saved), "actions": .object(actions), "steps": .object(steps),
      "event_at": .integer(facts.eventAt.milliseconds),
    ]
  }

  /// Takes over what another run, or an earlier life of this one, has produced.
  mutating func take(scope: JSONValue) {
    saved = [:]
    actions = [:]
    steps = [:]
    for (name, value) in scope["saved"]?.asObject ?? [:] { saved[name] = value }
    for (id, value) in scope["actions"]?.asObject ?? [:] {
      actions[ComponentID(id)] = ActionState(value: value)
    }
    for (id, value) in scope["steps"]?.asObject ?? [:] {
      steps[StepID(id)] = value.asText.flatMap(StepStatus.init)
    }
  }

  /// The entry of runs that have all ended.
  func gather(_ outcomes: [ChildOutcome], after waiting: JournalEntry) -> JournalEntry {
    let count = Int(waiting.input?["count"]?.asInteger ?? 0)
    var entry = entry(waiting.step, waiting.component, .children, .succeeded)
    var names = facts.step(at: position.step)?.savedNames ?? []
    var saved = [JSONObject](repeating: [:], count: count)
    var counts: [String: Int64] = [:]
    for outcome in outcomes where saved.indices.contains(outcome.element) {
      counts[outcome.status, default: 0] += 1
      guard outcome.status == RunEndState.succeeded.rawValue else { continue }
      saved[outcome.element] = outcome.saved
      for name in outcome.saved.names where !names.contains(name) { names.append(name) }
    }
    var lists = JSONObject()
    for name in names { lists[name] = .list(saved.map { $0[name] ?? .null }) }
    var output: JSONObject = ["count": .integer(Int64(count)), "saved": .object(lists)]
    for state in RunEndState.allCases {
      output[state.rawValue] = .integer(counts[state.rawValue] ?? 0)
    }
    entry.output = .object(output)
    let failed = (counts["failed"] ?? 0) + (counts["cancelled"] ?? 0)
    if (counts["stopped"] ?? 0) > 0 {
      entry.stops = "the run of an element of \(waiting.step) stopped"
    } else if failed > 0, stopsOnFailure {
      entry.status = .failed
      entry.error = ActionFailure(
        .failed, code: "element_failed",
        message: "\(failed) of \(count) elements of \(waiting.step) failed")
    }
    return entry
  }

  private var stopsOnFailure: Bool {
    facts.step(at: position.step)?.forEach?.stopsOnFailure ?? false
  }

  mutating func recordChildren(_ entry: JournalEntry) {
    guard entry.status != .waiting else {
      mode = .waiting(entry)
      return
    }
    mode = .running
    for (name, list) in entry.output?["saved"]?.asObject ?? [:] { save(name, list) }
    if let reason = entry.stops { return stop(reason) }
    if entry.status == .failed { return fail(entry.error?.message ?? "an element failed") }
    leave(as: .passed)
  }
}

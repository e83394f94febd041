// SPDX-License-Identifier: Apache-2.0
// What an outcome does to a run.

import Values

/// Whether a run goes on after an outcome.
package enum Continuation: Sendable, Hashable {
  /// Ask `next`.
  case goOn
  case finish(RunEnd)
}

extension RunProgress {
  /// Applies the final outcome of a planned call: saves the result or takes the fallback, and
  /// moves on. The plan has to be the one `next` gave last.
  package mutating func apply(
    _ outcome: ActionOutcome, for plan: CallPlan, attempts: Int = 1
  ) -> (entry: JournalEntry, continuation: Continuation) {
    settle()
    var entry = JournalEntry(
      step: plan.step, component: plan.component, kind: .action,
      status: JournalStatus(outcome.status), action: plan.action, input: plan.parameters,
      error: outcome.failure, attempts: attempts, notes: plan.notes)
    switch outcome {
    case .succeeded(let result): entry.output = result
    case .unknown where plan.onUnknown == .continue: entry.taken = .continue
    case .failed, .timeout, .unknown: entry.taken = plan.fallback
    }
    record(entry, setsContact: plan.setsContact)
    return (entry, end.map { .finish($0) } ?? .goOn)
  }

  /// What an entry does to the run: the only place where a run changes besides `settle`, so that
  /// a run rebuilt from its journal is the same.
  mutating func record(_ entry: JournalEntry, setsContact: String? = nil) {
    switch entry.kind {
    case .filter: recordFilter(entry)
    case .action: recordAction(entry, setsContact: setsContact)
    }
  }

  private mutating func recordFilter(_ entry: JournalEntry) {
    guard entry.status == .filtered else {
      position.component += 1
      return
    }
    guard case .filter(let filter) = component(at: position) else { return }
    switch filter.otherwise {
    case .nextStep: leave(to: position.step + 1, as: .filtered)
    case .goto(let id): leave(to: connector.stepIndex(id) ?? position.step + 1, as: .filtered)
    case .stop:
      steps[entry.step] = .stopped
      end = RunEnd(.stopped, reason: "the filter \(filter.id) of step \(entry.step) did not hold")
    }
  }

  private mutating func recordAction(_ entry: JournalEntry, setsContact: String?) {
    let status = entry.status.action ?? .failed
    actions[entry.component] = ActionState(
      status: status, attempts: entry.attempts ?? 1, error: entry.error, taken: entry.taken)
    if status == .succeeded {
      keep(entry.output ?? .null, of: entry.component, setsContact: setsContact)
    }
    if entry.taken == .stop {
      steps[entry.step] = .failed
      let what = entry.error.map { $0.message.isEmpty ? $0.code : $0.message } ?? "no reason given"
      let who = "\(entry.component) (\(entry.action ?? ""))"
      end = RunEnd(.failed, reason: "\(who) \(verb(status)): \(what)")
      return
    }
    position.component += 1
  }

  private mutating func keep(
    _ result: JSONValue, of component: ComponentID, setsContact: String?
  ) {
    if case .action(let action) = self.component(at: position), let save = action.save {
      saved[save] = result
    }
    guard let setsContact, let id = result[setsContact], !id.isEmpty else { return }
    if contact?["id"] != id { contact = ["id": id] }
  }

  private func verb(_ status: ActionStatus) -> String {
    switch status {
    case .timeout: "took too long"
    case .unknown: "has an unknown outcome"
    default: "failed"
    }
  }

  /// Ends this step and goes forwards to another; steps between them are skipped.
  private mutating func leave(to target: Int, as status: StepStatus) {
    steps[connector.steps[position.step].id] = status
    for index in position.step + 1..<max(target, position.step + 1) {
      steps[connector.steps[index].id] = .skipped
    }
    position = Position(step: target, component: 0)
  }

  func component(at position: Position) -> Component? {
    guard connector.steps.indices.contains(position.step) else { return nil }
    let components = connector.steps[position.step].components
    return components.indices.contains(position.component) ? components[position.component] : nil
  }
}

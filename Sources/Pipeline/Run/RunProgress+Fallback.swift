// SPDX-License-Identifier: Apache-2.0
// What happens instead of a failed action.

import Calendar
import Values

extension RunProgress {
  /// Puts the fallback that a failure takes into its entry.
  ///
  /// - Parameter now: nil where no time has passed since the last decision.
  func choose(
    _ fallback: Fallback, after failure: ActionFailure, for entry: inout JournalEntry, now: Moment?
  ) {
    guard case .rules(let rules) = fallback else {
      entry.taken = fallback == .continue ? .continue : .stop
      return
    }
    guard let index = rules.firstIndex(where: { $0.matches(failure) }) else {
      entry.taken = .stop
      entry.notes.append("no rule of its fallback matches")
      return
    }
    entry.rule = index
    switch rules[index].act {
    case .stop: entry.taken = .stop
    case .continue: entry.taken = .continue
    case .goto(let step): entry.taken = .goto(step)
    case .action(let action): take(action, for: &entry, now)
    }
  }

  private func take(_ action: ActionComponent, for entry: inout JournalEntry, _ now: Moment?) {
    entry.taken = .stop
    if entry.component == action.id || chain?.actions.contains(action.id) == true {
      entry.notes.append("its fallback \(action.id) is what failed already: it is not called again")
      return
    }
    if let until = chain?.until, let now, now > until {
      let budget = DurationText.text(RunLimits.chainBudget)
      entry.notes.append(
        "the fallbacks took longer than \(budget) in all: \(action.id) is not called")
      return
    }
    entry.taken = .action(action.id)
    entry.dueAt = chain?.until ?? now.map { $0.adding(RunLimits.chainBudget) }
  }

  /// The chain that begins or grows with an entry that takes an action.
  func chain(after entry: JournalEntry, _ action: ComponentID) -> FallbackChain {
    FallbackChain(
      path: entry.path + [entry.rule ?? 0], actions: (chain?.actions ?? []) + [action],
      error: entry.error ?? ActionFailure(.bug, code: "no_error", message: "no reason was given"),
      use: entry.action ?? "", with: entry.attempts == 0 ? nil : entry.input, until: entry.dueAt)
  }

  /// The action a chain leads to, by the policies in force; nil when they say something else now.
  func resolve(
    _ chain: FallbackChain, of action: ActionComponent, _ policies: (ActionID) -> PolicyInputs
  ) -> ActionComponent? {
    var current = action
    for (rule, id) in zip(chain.path, chain.actions) {
      let inputs = policies(current.use)
      let policy = CallPolicy(
        component: current, project: inputs.project, manifest: inputs.manifest)
      guard case .rules(let rules) = policy.fallback, rules.indices.contains(rule),
        case .action(let next) = rules[rule].act, next.id == id
      else { return nil }
      current = next
    }
    return current
  }

  /// The entry of a fallback that was there when it was taken and is not any more.
  func lost(_ chain: FallbackChain, in step: StepID) -> JournalEntry {
    let id = chain.actions.last ?? ""
    var entry = entry(step, id, .action, .failed)
    entry.path = chain.path
    entry.attempts = 0
    entry.error = ActionFailure(
      .notFound, code: "fallback_gone",
      message: "the fallback \(id) is not in the project's policy any more: retry the run")
    entry.taken = .stop
    return entry
  }
}

extension Moment {
  func adding(_ duration: Duration) -> Moment {
    Moment(milliseconds: milliseconds + duration.milliseconds)
  }
}

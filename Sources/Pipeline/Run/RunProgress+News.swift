// SPDX-License-Identifier: Apache-2.0
// Actions whose result counts once news of what they sent have come.
//
//     called ──result_wait──▶ waiting ──news of all targets, or the time──▶ answered ──▶ concluded
//
// The first and the second arrow are entries of kind `news`; the last is the action's own, made as
// that of a call which ended then: fallback, `on_unknown` and what is saved are the same.

import Calendar
import Values

extension RunProgress {
  /// Has the run wait with the result of a planned call.
  ///
  /// - Parameters:
  ///   - attempts: how many it took.
  ///   - stops: the reason, where the action asked for the run to stop.
  package mutating func await(
    _ wait: NewsWait, for plan: CallPlan, attempts: Int, now: Moment, stops: String? = nil
  ) -> JournalEntry {
    settle()
    var entry = entry(plan.step, plan.component, .news, .waiting)
    entry.action = plan.action
    entry.input = plan.parameters
    entry.output = wait.result
    entry.path = plan.path
    entry.attempts = attempts
    entry.awaits = wait.count
    entry.stops = stops
    entry.notes = plan.notes
    entry.dueAt = now.adding(wait.within)
    record(entry)
    return entry
  }

  /// What the wait came to, until the action's own entry takes it over.
  package var newsAnswer: NewsAnswer? {
    guard case .answered(let waiting, let told) = mode else { return nil }
    return NewsAnswer(
      outcome: outcome(of: told, after: waiting), attempts: waiting.attempts ?? 1,
      stops: waiting.stops)
  }

  private func outcome(of told: JournalEntry, after waiting: JournalEntry) -> ActionOutcome {
    switch told.status {
    case .succeeded: return .succeeded(waiting.output ?? .null)
    case .failed:
      return ActionOutcome(failure: told.error ?? NewsTold(target: "", news: [:]).failure)
    default:
      return .unknown(
        ActionFailure(
          .unknownOutcome, code: "no_news",
          message: "it was taken, and whether it arrived was not told in time"))
    }
  }

  /// The entry that ends a wait for news.
  func newsEntry(of wake: Wake, after waiting: JournalEntry) -> JournalEntry? {
    var entry = entry(waiting.step, waiting.component, .news, .timeout)
    entry.action = waiting.action
    entry.path = waiting.path
    entry.dueAt = waiting.dueAt
    switch wake {
    case .news(let told):
      entry.status = told.contains(where: \.hasSucceeded) ? .succeeded : .failed
      entry.output = .list(told.map { ["target": .text($0.target), "news": $0.news] })
      if entry.status == .failed { entry.error = told.first?.failure }
    case .due, .moved, .resumed: break
    case .message, .children: return nil
    }
    return entry
  }

  mutating func recordNews(_ entry: JournalEntry) {
    if entry.status == .waiting {
      mode = .waiting(entry)
    } else if case .waiting(let waiting) = mode {
      mode = .answered(waiting: waiting, told: entry)
    }
  }

  /// The call whose result the run stands with. It was made: neither its condition nor what the
  /// project says of its plugin now is asked again.
  func answered(
    _ action: ActionComponent, in step: StepID, _ waiting: JournalEntry,
    _ policies: (ActionID) -> PolicyInputs
  ) -> Turn {
    var called = action
    if let chain {
      guard let fallback = resolve(chain, of: action, policies) else {
        return .ended(lost(chain, in: step))
      }
      called = fallback
    }
    let inputs = policies(called.use)
    let policy = CallPolicy(
      component: called, project: inputs.project, manifest: inputs.manifest)
    let parameters = waiting.input ?? [:]
    return .decided(
      .call(
        CallPlan(
          step: step, component: called.id, action: called.use, parameters: parameters,
          effect: inputs.manifest?.effect(of: parameters) ?? .atMostOnce, policy: policy,
          onUnknown: called.onUnknown, alert: called.alert, save: called.save,
          setsContact: inputs.manifest?.setsContact, credential: nil, serialKeys: [],
          path: waiting.path, place: place, earlier: nil, refusal: nil, notes: waiting.notes)))
  }
}

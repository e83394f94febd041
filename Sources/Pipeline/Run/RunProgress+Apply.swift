// SPDX-License-Identifier: Apache-2.0
// What an outcome does to a run.

import Calendar
import Values

extension RunProgress {
  /// Applies the final outcome of a planned call: saves the result or takes the fallback, and
  /// moves on. The plan has to be the one `next` gave last.
  ///
  /// - Parameters:
  ///   - attempts: how many it took.
  ///   - now: what the budget of a chain of fallbacks counts from.
  ///   - stops: the reason, where the action asked for the run to stop.
  package mutating func apply(
    _ outcome: ActionOutcome, for plan: CallPlan, attempts: Int = 1, now: Moment,
    stops: String? = nil
  ) -> (entry: JournalEntry, continuation: Continuation) {
    settle()
    var entry = entry(plan.step, plan.component, .action, JournalStatus(outcome.status))
    entry.action = plan.action
    entry.input = plan.parameters
    entry.path = plan.path
    entry.attempts = attempts
    entry.notes = plan.notes
    // News that come later still settle it.
    if case .answered(let waiting, _) = mode, outcome.status == .unknown { entry.key = waiting.key }
    switch outcome {
    case .succeeded(let result):
      entry.output = result
      entry.stops = stops
      // The document names it for an action of its own; a fallback may be the project's.
      if !plan.path.isEmpty { entry.save = plan.save }
    case .unknown(let failure) where plan.onUnknown == .continue:
      entry.error = failure
      entry.taken = .continue
    case .failed(let failure), .timeout(let failure), .unknown(let failure):
      entry.error = failure
      choose(plan.fallback, after: failure, for: &entry, now: now)
    }
    record(entry, setsContact: plan.setsContact)
    return (entry, continuation)
  }

  /// Notes an attempt that another one follows.
  ///
  /// - Parameters:
  ///   - attempt: its number, from 1.
  ///   - spentMS: on the action so far, waits for gates not counted.
  package mutating func attempted(
    _ outcome: ActionOutcome, for plan: CallPlan, attempt: Int, retryAt: Moment, spentMS: Int64 = 0
  ) -> JournalEntry {
    settle()
    var entry = entry(plan.step, plan.component, .attempt, JournalStatus(outcome.status))
    entry.action = plan.action
    entry.path = plan.path
    entry.error = outcome.failure
    entry.attempts = attempt
    entry.retryAt = retryAt
    entry.spentMS = spentMS
    record(entry)
    return entry
  }

  /// Ends the run from outside.
  package mutating func cancel(reason: String) -> JournalEntry {
    settle()
    let step = facts.step(at: position.step)
    let component = component(at: position)?.id
    var entry = entry(
      step?.id ?? "", component ?? ComponentID(step?.id.rawValue ?? ""), .cancel, .cancelled)
    entry.stops = reason
    record(entry)
    return entry
  }

  var continuation: Continuation { end.map { .finish($0) } ?? .goOn }

  func component(at position: Position) -> Component? {
    guard let components = facts.step(at: position.step)?.components else { return nil }
    return components.indices.contains(position.component) ? components[position.component] : nil
  }
}

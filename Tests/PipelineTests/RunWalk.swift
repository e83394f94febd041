// SPDX-License-Identifier: Apache-2.0
// A run driven as an engine drives it, with answers that follow from the questions alone.

import Calendar
import Pipeline
import Testing
import Values

/// Drives one run to its end and keeps its journal.
struct RunWalk {
  var run: RunProgress
  var now = Fixtures.now
  var journal: [JournalEntry] = []
  /// The calls made, in order.
  var calls: [CallPlan] = []
  /// What the clock showed before each entry.
  var clock: [Moment] = []
  /// What goes to disk at once: how many entries there are then, and what steps are counted.
  var recordings: [(entries: Int, tallies: [StepTally], ends: Bool)] = []
  let policies: (ActionID) -> PolicyInputs
  /// The final outcome of a call.
  var answer: (CallPlan) -> ActionOutcome = { _ in .succeeded([:]) }
  /// Whether an attempt is told that fails first.
  var failsFirst: (CallPlan) -> Bool = { _ in false }
  /// The reason, where the action asks for the run to stop.
  var stops: (CallPlan) -> String? = { _ in nil }
  /// What a call that succeeded waits for before that counts.
  var awaits: (CallPlan) -> NewsWait? = { _ in nil }
  /// How long after its time a wait ends, and by what.
  var wake: (WaitPlan) -> (late: Duration, Wake) = { (.zero, .due(at: $0.due ?? Fixtures.now)) }
  var children: (ChildrenPlan) -> [ChildOutcome] = { plan in
    plan.items.indices.map { ChildOutcome(element: $0, status: "succeeded") }
  }
  /// The most that `next` may be asked, so that a wrong run does not go on for ever.
  var patience = 3_000

  init(_ run: RunProgress, _ policies: @escaping (ActionID) -> PolicyInputs) {
    self.run = run
    self.policies = policies
  }

  private mutating func note(_ entries: [JournalEntry]) {
    journal += entries
    clock += entries.map { _ in now }
  }

  private mutating func recordIt() {
    recordings.append((journal.count, run.takeTallies(), run.end != nil))
  }

  /// The statistics of each step.
  func tallies() -> [StepID: StepTally] {
    var sums: [StepID: StepTally] = [:]
    for recording in recordings {
      for tally in recording.tallies {
        var sum = sums[tally.step] ?? StepTally(step: tally.step)
        sum.entered += tally.entered
        sum.passed += tally.passed
        sum.filtered += tally.filtered
        sum.succeeded += tally.succeeded
        sum.failed += tally.failed
        sums[tally.step] = sum
      }
    }
    return sums
  }

  /// To the end of the run.
  @discardableResult
  mutating func finish() throws -> RunEnd {
    if let end = run.end { return end }
    for _ in 0..<patience {
      let advance = run.next(now: now, policies: policies)
      note(advance.journal)
      switch advance.decision {
      case .finish(let end):
        recordIt()
        return end
      case .checkpoint: recordIt()
      case .call(let plan):
        if let answer = run.newsAnswer { conclude(plan, answer) } else { call(plan) }
        recordIt()
      case .wait(let plan):
        if !run.isWaiting {
          run.park(plan)
          note([plan.entry])
          recordIt()
        }
        let (late, wake) = wake(plan)
        if let due = plan.due {
          now = max(now, Moment(milliseconds: due.milliseconds + late.milliseconds))
        }
        note(run.wake(wake, now: now).journal)
        recordIt()
      case .children(let plan):
        if !run.isWaiting {
          _ = run.start(plan)
          note([plan.entry])
          recordIt()
        }
        if plan.waits {
          note(run.wake(.children(children(plan)), now: now).journal)
          recordIt()
        }
      }
    }
    throw PipelineError(code: "endless", message: "the run goes on for ever: \(journal.suffix(3))")
  }

  private mutating func call(_ plan: CallPlan) {
    calls.append(plan)
    if plan.earlier == nil, failsFirst(plan) {
      let failure = ActionFailure(.unavailable, code: "busy", message: "busy")
      note([
        run.attempted(
          .failed(failure), for: plan, attempt: 1, retryAt: now, spentMS: 5)
      ])
      return
    }
    let attempts = (plan.earlier?.count ?? 0) + 1
    if case .succeeded = answer(plan), let wait = awaits(plan) {
      note([run.await(wait, for: plan, attempts: attempts, now: now, stops: stops(plan))])
      return
    }
    note([
      run.apply(answer(plan), for: plan, attempts: attempts, now: now, stops: stops(plan)).entry
    ])
  }

  private mutating func conclude(_ plan: CallPlan, _ answer: NewsAnswer) {
    note([
      run.apply(
        answer.outcome, for: plan, attempts: answer.attempts, now: now, stops: answer.stops
      ).entry
    ])
  }
}

// SPDX-License-Identifier: Apache-2.0
// A connector run to its end without touching anything outside.

import Calendar
import Values

/// Runs a connector: filters, conditions, formats and loops as they are, actions answered by their
/// declared examples, delays on a test clock.
///
/// **Source** spec/engine.md, Dry run and tests.
package struct DryRun {
  /// What came of it.
  package struct Report: Sendable {
    /// The entries a run would have left, each marked; those of an element's own run stand between
    /// its making and its parent's going on, with the number of the element.
    package var journal: [JournalEntry] = []
    package var end: RunEnd
    package var response: Response?
    /// How long the run would have waited in all.
    package var waited: Duration = .zero
  }

  private var run: RunProgress
  private var clock: TestClock
  private var report = Report(end: RunEnd(.succeeded))
  private var messages: [JSONValue]
  private let policies: (ActionID) -> PolicyInputs
  private let answer: (CallPlan) -> ActionOutcome?

  /// - Parameters:
  ///   - run: one that stands before its first component.
  ///   - messages: what the contact writes, one for each wait; then none comes in time.
  ///   - answer: called before an example is taken, so that pure actions may be called for real.
  package init(
    _ run: RunProgress, messages: [JSONValue] = [],
    policies: @escaping (ActionID) -> PolicyInputs,
    answer: @escaping (CallPlan) -> ActionOutcome? = { _ in nil }
  ) {
    self.run = run
    clock = TestClock(run.startedAt)
    self.messages = messages
    self.policies = policies
    self.answer = answer
  }

  /// To the end of the run.
  package mutating func finish() -> Report {
    while true {
      let advance = run.next(now: clock.now, policies: policies)
      note(advance.journal)
      report.response = report.response ?? advance.response
      switch advance.decision {
      case .checkpoint: continue
      case .call(let plan): call(plan)
      case .wait(let plan): wait(plan)
      case .children(let plan): runChildren(plan)
      case .finish(let end):
        report.end = end
        return report
      }
    }
  }

  private mutating func note(_ entries: [JournalEntry]) {
    for var entry in entries {
      entry.isDry = true
      if let child = run.child { entry.element = child.element }
      report.journal.append(entry)
    }
  }

  private mutating func call(_ plan: CallPlan) {
    var plan = plan
    let outcome: ActionOutcome
    if let answered = answer(plan) {
      outcome = answered
    } else if let manifest = policies(plan.action).manifest {
      let sample = SampleAnswer(manifest, parameters: plan.parameters)
      plan.notes.append(sample.note)
      outcome = .succeeded(sample.result)
    } else {
      outcome = .succeeded([:])
    }
    note([run.apply(outcome, for: plan, now: clock.now, stops: DryRun.stops(plan)).entry])
  }

  /// Whether the call would have asked for the run to stop: the two actions that do say so in
  /// their parameters, and nobody else is there to ask.
  private static func stops(_ plan: CallPlan) -> String? {
    switch plan.action {
    case "control.stop": plan.parameters["reason"]?.asText ?? "stopped by \(plan.component)"
    case "control.cancel_delay" where plan.parameters["then"] == "stop":
      "stopped by \(plan.component)"
    default: nil
    }
  }

  private mutating func wait(_ plan: WaitPlan) {
    run.park(plan)
    note([plan.entry])
    var wake = Wake.resumed
    if plan.kind == .message, !messages.isEmpty {
      wake = .message(messages.removeFirst())
    } else if let due = plan.due {
      report.waited += .milliseconds(due.milliseconds - clock.now.milliseconds)
      clock.pass(until: due)
      wake = .due(at: due)
    }
    note(run.wake(wake, now: clock.now).journal)
  }

  private mutating func runChildren(_ plan: ChildrenPlan) {
    let start = clock.now
    _ = run.start(plan)
    note([plan.entry])
    var outcomes: [ChildOutcome] = []
    var longest = Duration.zero
    for element in plan.items.indices {
      var child = DryRun(
        run.forElement(element, of: plan, id: run.runID), messages: messages, policies: policies,
        answer: answer)
      child.clock = TestClock(start)
      let ended = child.finish()
      messages = child.messages
      report.journal += ended.journal
      longest = max(longest, ended.waited)
      outcomes.append(
        ChildOutcome(
          element: element, status: ended.end.state.rawValue, saved: ended.end.saved ?? [:]))
    }
    guard plan.waits else { return }
    // They run side by side, so the longest is what their parent waits for.
    clock.pass(until: start.adding(longest))
    report.waited += longest
    note(run.wake(.children(outcomes), now: clock.now).journal)
  }
}

extension RunProgress {
  /// The run of one element of a loop, before its first component.
  package func forElement(_ element: Int, of plan: ChildrenPlan, id: RunID) -> RunProgress {
    let child = ChildScope(
      parent: runID, step: plan.step, element: element, count: plan.items.count,
      item: plan.items[element], scope: plan.scope)
    return RunProgress(
      runID: id, project: project, constants: constants, connector: connector,
      connectorVersion: connectorVersion, startedAt: startedAt, event: event, contact: contact,
      zone: zone, zones: zones, digests: digests, hops: hops, enteredAs: enteredAs, child: child,
      connectorURLs: facts.connectorURLs)
  }
}

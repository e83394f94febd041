// SPDX-License-Identifier: Apache-2.0
// What a run does next.
import Calendar
import Pipeline
import Values

extension Engine {
  /// Moves a run on that has everything on disk: to a call, a wait, or its end.
  mutating func decide(_ id: RunID) {
    guard let project = runs[id]?.project else { return }
    if runs[id]?.cancel != nil { return endCancelled(id) }
    guard !isStopping else { return move(id, to: .held) }
    guard !isPaused(project) else { return hold(id, project) }
    move(id, to: .decided)
    if let end = endOfTime(of: id) { return recordEnd(id, end) }
    let rules = projects[project] ?? ProjectRules()
    let time = Moment(milliseconds: now.wall)
    guard let advance = runs[id]?.progress.next(now: time, policies: { rules.inputs(for: $0) })
    else { return }
    runs[id]?.unrecorded += advance.journal
    if let response = advance.response { output.append(.respond(id, response)) }
    switch advance.decision {
    case .call(let plan): enterOrConclude(id, plan)
    case .wait(let plan): recordWait(id, plan)
    case .children(let plan): recordChildren(id, plan)
    case .checkpoint: record(id, .checkpoint)
    case .finish(let end): recordEnd(id, end)
    }
  }

  /// A call whose result waited for news is not made again: what they said is its outcome.
  private mutating func enterOrConclude(_ id: RunID, _ plan: CallPlan) {
    guard let answer = runs[id]?.progress.newsAnswer else { return enter(id, plan) }
    var call = Call(plan, mayHaveSent: false)
    call.made = answer.attempts
    conclude(id, call, answer.outcome, attempt: nil, stops: answer.stops)
  }

  /// The end of a run that takes longer than its connector allows.
  private func endOfTime(of id: RunID) -> RunEnd? {
    guard let facts = runs[id]?.progress.facts,
      let longest = facts.connector.options.maxRunTime, runs[id]?.progress.end == nil
    else { return nil }
    let age = now.wall - facts.startedAt.milliseconds
    guard age > longest.milliseconds else { return nil }
    return RunEnd(
      .failed,
      reason: "it took longer than max_run_time (\(DurationText.text(longest))): "
        + "raise it in the connector's options, or shorten the waits")
  }
}

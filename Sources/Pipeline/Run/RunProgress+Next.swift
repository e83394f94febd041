// SPDX-License-Identifier: Apache-2.0
// What a run does next.

import Values

/// What a run did without a call, and what it wants now.
package struct Advance: Sendable {
  /// Components that ended since the last call, in order: to be stored with the decision.
  package var journal: [JournalEntry] = []
  package var decision: Decision

  package enum Decision: Sendable, Hashable {
    case call(CallPlan)
    case finish(RunEnd)
  }
}

extension RunProgress {
  /// Walks filters, conditions and actions that cannot be called, until an action has to be called
  /// or the run is over. The position is then the one of that action: asking again gives the same
  /// call.
  package mutating func next(policies: (ActionID) -> PolicyInputs) -> Advance {
    var journal: [JournalEntry] = []
    while true {
      settle()
      if let end { return Advance(journal: journal, decision: .finish(end)) }
      let step = connector.steps[position.step]
      switch step.components[position.component] {
      case .filter(let filter):
        let entry = evaluate(filter, in: step.id)
        record(entry)
        journal.append(entry)
      case .action(let action):
        switch prepare(action, in: step.id, policies(action.use)) {
        case .call(let plan): return Advance(journal: journal, decision: .call(plan))
        case .ended(let entry):
          record(entry)
          journal.append(entry)
        }
      case .delay, .format, .waitForMessage:
        preconditionFailure("the check refuses a connector with one of these")
      }
    }
  }

  /// Moves on from the ends of steps and over disabled ones; marks the steps it passes.
  mutating func settle() {
    while end == nil {
      guard position.step < connector.steps.count else {
        end = RunEnd(.succeeded)
        return
      }
      let step = connector.steps[position.step]
      guard step.isEnabled else {
        steps[step.id] = .skipped
        position = Position(step: position.step + 1, component: 0)
        continue
      }
      if position.component < step.components.count {
        steps[step.id] = .running
        return
      }
      steps[step.id] = .passed
      position = Position(step: position.step + 1, component: 0)
    }
  }

  private func evaluate(_ filter: FilterComponent, in step: StepID) -> JournalEntry {
    var scope = scope
    let (holds, verdicts) = judge(filter.conditions, &scope)
    return JournalEntry(
      step: step, component: filter.id, kind: .filter, status: holds ? .passed : .filtered,
      input: .list(verdicts), notes: notes(of: scope))
  }

  /// Whether conditions hold, with each one's verdict. A template that cannot be evaluated makes
  /// its condition false.
  private func judge(
    _ tree: ConditionTree<Condition>, _ scope: inout RenderScope
  ) -> (holds: Bool, verdicts: [JSONValue]) {
    var verdicts: [JSONValue] = []
    let holds = tree.holds { condition in
      var verdict: ConditionVerdict
      do throws(TemplateError) {
        verdict = try condition.verdict(in: &scope, zone: zone)
      } catch {
        verdict = ConditionVerdict(passed: false, left: nil, right: nil, note: error.description)
      }
      verdicts.append(verdict.value(of: condition.test))
      return verdict.passed
    }
    return (holds, verdicts)
  }

  /// Either a call, or an entry for an action that is not called.
  private enum Prepared {
    case call(CallPlan)
    case ended(JournalEntry)
  }

  private func prepare(
    _ action: ActionComponent, in step: StepID, _ inputs: PolicyInputs
  ) -> Prepared {
    let policy = PolicyResolution(
      component: action, project: inputs.project, manifest: inputs.manifest)
    var entry = JournalEntry(
      step: step, component: action.id, kind: .action, status: .skipped, action: action.use,
      attempts: 0)
    if let condition = action.condition {
      var scope = scope
      let (holds, verdicts) = judge(condition, &scope)
      guard holds else {
        entry.input = .list(verdicts)
        entry.notes = ["its condition did not hold"] + notes(of: scope)
        return .ended(entry)
      }
    }
    guard let manifest = inputs.manifest, inputs.refusal == nil else {
      let unknown = ActionFailure(
        .denied, code: "unknown_action",
        message: "no plugin provides \"\(action.use)\": install or enable \(action.use.plugin)")
      return .ended(refused(entry, inputs.refusal ?? unknown, policy))
    }
    var rendering = ParameterRendering(schema: manifest.parameters, scope: scope)
    do throws(ActionFailure) {
      let parameters = try rendering.render(action.with, explain: explain)
      return .call(
        CallPlan(
          step: step, component: action.id, action: action.use, parameters: parameters,
          timeout: policy.timeout.value, effect: manifest.effect(of: parameters),
          fallback: policy.fallback.value, onUnknown: action.onUnknown, save: action.save,
          setsContact: manifest.setsContact, notes: notes(of: rendering.scope) + rendering.notes))
    } catch {
      entry.notes = notes(of: rendering.scope) + rendering.notes
      return .ended(refused(entry, error, policy))
    }
  }

  /// The entry of an action that failed without a call.
  private func refused(
    _ entry: JournalEntry, _ failure: ActionFailure, _ policy: PolicyResolution
  ) -> JournalEntry {
    var entry = entry
    entry.status = .failed
    entry.error = failure
    entry.taken = policy.fallback.value
    return entry
  }

  private func notes(of scope: RenderScope) -> [String] {
    scope.missing.map(explain) + scope.notes
  }
}

extension ConditionVerdict {
  /// **Shape** `{type, op, left?, right?, passed, note?}`.
  func value(of test: ConditionTest) -> JSONValue {
    var object = JSONObject()
    object["type"] = .text(test.type.rawValue)
    object["op"] = .text(test.operator.rawValue)
    if let left { object["left"] = left }
    if let right { object["right"] = right }
    object["passed"] = .boolean(passed)
    if let note { object["note"] = .text(note) }
    return .object(object)
  }
}

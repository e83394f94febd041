// SPDX-License-Identifier: Apache-2.0
// What a run does next.

import Calendar
import Values

extension RunProgress {
  /// Walks what needs no call (filters, formats, conditions, loops) until an action has to be
  /// called, the run has to wait, or it is over. The position is then the one of that component:
  /// asking again gives the same.
  ///
  /// - Parameter now: what delays are counted from.
  package mutating func next(
    now: Moment, policies: (ActionID) -> PolicyInputs
  ) -> Advance {
    var journal: [JournalEntry] = []
    while true {
      settle()
      if let end { return advance(journal, .finish(end)) }
      if let decision = waited { return advance(journal, decision) }
      guard journal.count < RunLimits.turn else { return advance(journal, .checkpoint) }
      switch turn(now, policies) {
      case .ended(let entry):
        record(entry)
        journal.append(entry)
      case .decided(let decision): return advance(journal, decision)
      }
    }
  }

  /// What one turn gives: an entry of what has ended, or something that has to be done first.
  enum Turn {
    case ended(JournalEntry)
    case decided(Decision)
  }

  private mutating func turn(_ now: Moment, _ policies: (ActionID) -> PolicyInputs) -> Turn {
    guard let step = facts.step(at: position.step) else {
      preconditionFailure("a settled run stands in a step or has ended")
    }
    if let forEach = facts.loop(of: step) {
      guard let loop else { return begin(forEach, of: step) }
      if position.element == loop.items.count { return .ended(ending(of: loop, in: step)) }
    }
    switch step.components[position.component] {
    case .filter(let filter): return .ended(evaluate(filter, in: step.id))
    case .format(let format): return .ended(evaluate(format, in: step.id))
    case .delay(let delay): return reach(delay, in: step.id, now)
    case .waitForMessage(let wait): return reach(wait, in: step.id, now)
    case .action(let action): return reach(action, in: step.id, policies)
    }
  }

  /// Moves on from the ends of elements and steps and over disabled ones; marks what it passes.
  mutating func settle() {
    while end == nil {
      guard let step = facts.step(at: position.step) else {
        end = RunEnd(.succeeded)
        return
      }
      guard step.isEnabled || facts.child != nil else {
        mark(step.id, .skipped)
        position = Position(step: position.step + 1, component: 0)
        continue
      }
      mark(step.id, .running)
      let begins =
        facts.loop(of: step) != nil && (loop == nil || position.element == loop?.items.count)
      if begins || position.component < step.components.count { return }
      leave(as: .passed)
    }
  }

  /// The entry with where the run stands filled in.
  func entry(
    _ step: StepID, _ component: ComponentID, _ kind: JournalKind, _ status: JournalStatus
  ) -> JournalEntry {
    var entry = JournalEntry(step: step, component: component, kind: kind, status: status)
    entry.element = position.element
    return entry
  }

  private mutating func advance(_ journal: [JournalEntry], _ decision: Decision) -> Advance {
    Advance(journal: journal, decision: decision, response: hasResponded ? nil : respond())
  }

  func notes(of scope: RenderScope) -> [String] {
    scope.missing.isEmpty ? scope.notes : scope.missing.map(explain) + scope.notes
  }
}

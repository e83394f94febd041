// SPDX-License-Identifier: Apache-2.0
// What a retry by a person would do a second time.

import Values

/// Something with an effect that a retry runs again although it had succeeded, or may have.
package struct RepeatedEffect: Sendable, Hashable {
  package var component: ComponentID
  /// Nil: the runs of a loop's elements are made again.
  package var action: ActionID?
  package var effect: SideEffect
  /// `succeeded`, or `unknown` where its fate is open.
  package var status: JournalStatus
  /// More than one in a loop.
  package var times: Int
}

extension RunProgress {
  /// What `reopen(from:)` would repeat, in the order of the journal: for the dry run of a retry.
  ///
  /// - Parameter journal: all entries of the run.
  package func repeats(
    from start: RetryStart, in journal: [JournalEntry], policies: (ActionID) -> PolicyInputs
  ) -> [RepeatedEffect] {
    var found: [RepeatedEffect] = []
    for (index, entry) in journal.enumerated() where runsAgain(entry, start) {
      guard entry.mayHaveActed || entry.isLeft(in: journal[(index + 1)...]) else { continue }
      var effect = SideEffect.atMostOnce
      if let action = entry.action, let manifest = policies(action).manifest {
        effect = manifest.effect(of: entry.input ?? .null)
      }
      guard effect != .pure else { continue }
      let one = RepeatedEffect(
        component: entry.component, action: entry.action, effect: effect,
        status: entry.kind == .news ? .unknown : entry.status, times: 1)
      let same = found.firstIndex {
        $0.component == one.component && $0.effect == one.effect && $0.status == one.status
      }
      if let same { found[same].times += 1 } else { found.append(one) }
    }
    return found
  }

  private func runsAgain(_ entry: JournalEntry, _ start: RetryStart) -> Bool {
    if case .failedElements(let id) = start, loop == nil {
      guard entry.step == id, let element = entry.element,
        let index = facts.connector.stepIndex(id)
      else { return false }
      return failedLoops[index]?.failed.contains(element) ?? false
    }
    guard entry.step == facts.step(at: position.step)?.id else { return false }
    if start == .step { return true }
    guard entry.element == position.element else { return false }
    guard case .action(let action) = component(at: position) else {
      return entry.kind == .children
    }
    // The project's fallbacks are not in the document; they stand behind the action by their path.
    return action.withFallbacks.contains { $0.id == entry.component }
      || (!entry.path.isEmpty && entry.component == chain?.actions.last)
  }
}

extension JournalEntry {
  /// Whether it is a wait for news that the run ended in: what was sent was sent.
  fileprivate func isLeft(in later: ArraySlice<JournalEntry>) -> Bool {
    kind == .news && status == .waiting
      && !later.contains {
        $0.kind == .action && $0.component == component && $0.element == element
      }
  }

  /// Whether something outside the run may have come of it.
  fileprivate var mayHaveActed: Bool {
    switch kind {
    case .action: status == .succeeded || status == .unknown
    // Their making; the entry of their end is not.
    case .children: status == .waiting || status == .passed
    default: false
    }
  }
}

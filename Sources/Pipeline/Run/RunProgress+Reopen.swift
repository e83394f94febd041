// SPDX-License-Identifier: Apache-2.0
// An ended run that a person has go on.

import Values

/// Where a run begins again.
package enum RetryStart: Sendable, Hashable {
  /// At the component it ended at; in a loop, at that element.
  case component
  /// At the first component of the step it ended in.
  case step
  /// The failed elements of a loop, and then where the run had got to.
  case failedElements(StepID)

  /// **Shape** `component`, `step` or `failed_elements`.
  package var text: String {
    switch self {
    case .component: "component"
    case .step: "step"
    case .failedElements: "failed_elements"
    }
  }
}

extension RunProgress {
  /// Has an ended run go on, with new idempotency keys. Whether it has ended is the store's to
  /// know: a run that was cancelled there has no entry of it.
  ///
  /// **Throws** `no_failed_elements` where there is nothing to run again.
  package mutating func reopen(from start: RetryStart) throws(PipelineError) -> JournalEntry {
    // Inside of a loop it is the element the run failed at.
    let isHere = loop != nil && start == .failedElements(facts.step(at: position.step)?.id ?? "")
    var entry = retryEntry(isHere ? .component : start)
    if case .failedElements(let id) = start, !isHere {
      guard loop == nil, let index = facts.connector.stepIndex(id), failedLoops[index] != nil else {
        throw PipelineError(
          code: "no_failed_elements",
          message: "the step \(id) of run \(runID) has no failed elements to run again: retry the "
            + "run from its component, and elements that are runs of their own one by one")
      }
      entry.step = id
      entry.component = ComponentID(id.rawValue)
    }
    record(entry)
    return entry
  }

  private func retryEntry(_ start: RetryStart) -> JournalEntry {
    let step = facts.step(at: position.step)?.id ?? ""
    let component = component(at: position)?.id ?? ComponentID(step.rawValue)
    var entry = entry(step, component, .retry, .running)
    entry.input = ["from": .text(start.text)]
    return entry
  }

  /// Has an ended run go on, on another version of its connector: what was saved under names that
  /// are still there is kept, and its place is found by ids.
  ///
  /// **Throws** `not_in_version` where the component or step is not there any more.
  package mutating func reopen(
    from start: RetryStart, on connector: Connector, version: Int
  ) throws(PipelineError) -> JournalEntry {
    guard version != connectorVersion else { return try reopen(from: start) }
    var entry = retryEntry(start)
    let target = try place(of: entry, start, in: connector, version)
    let names = Set(connector.steps.flatMap(\.savedNames))
    for name in saved.keys where !names.contains(name) { saved[name] = nil }
    facts = facts.on(connector, version: version)
    entry.element = nil
    entry.input = [
      "from": .text(start.text), "version": .integer(Int64(version)),
      "position": .text(target.text), "scope": givenScope,
    ]
    record(entry)
    return entry
  }

  private func place(
    of entry: JournalEntry, _ start: RetryStart, in connector: Connector, _ version: Int
  ) throws(PipelineError) -> Position {
    func gone(_ what: String, _ advice: String) -> PipelineError {
      PipelineError(
        code: "not_in_version",
        message: "\(what) is not in version \(version) of \(connector.name): \(advice)")
    }
    let index =
      entry.step == facts.prelude?.id
      ? Position.preludeStep
      : connector.stepIndex(entry.step)
    guard let index, let step = connector.step(at: index) else {
      throw gone("the step \"\(entry.step)\"", "retry on version \(connectorVersion)")
    }
    switch start {
    case .step: return Position(step: index, component: 0)
    case .failedElements:
      throw gone("the loop \"\(entry.step)\" as it ran", "retry on version \(connectorVersion)")
    case .component where loop != nil:
      throw gone("the loop \"\(entry.step)\" as it ran", "retry from the step")
    case .component:
      guard let inner = step.components.firstIndex(where: { $0.id == entry.component }) else {
        throw gone("\"\(entry.component)\"", "retry from the step")
      }
      return Position(step: index, component: inner)
    }
  }

  mutating func recordRetry(_ entry: JournalEntry) {
    let from = entry.input?["from"]?.asText
    end = nil
    mode = .running
    chain = nil
    retries += 1
    if let scope = entry.input?["scope"], let text = entry.input?["position"]?.asText,
      let target = Position(text: text)
    {
      take(scope: scope)
      loop = nil
      failedLoops = [:]
      position = target
      clear(from: target)
    } else if from == RetryStart.step.text {
      loop = nil
      position = Position(step: position.step, component: 0)
      clear(from: position)
    } else if from == "failed_elements" {
      rerunFailed(entry.step)
    }
    if let id = facts.step(at: position.step)?.id { mark(id, .running) }
  }

  /// Forgets what the components of a step from a place on have given.
  private mutating func clear(from position: Position) {
    guard var step = facts.step(at: position.step) else { return }
    step.components.removeFirst(min(position.component, step.components.count))
    for name in step.savedNames { saved[name] = nil }
    for id in step.actionIDs { actions[id] = nil }
  }

  private mutating func rerunFailed(_ id: StepID) {
    guard let index = facts.connector.stepIndex(id), var again = failedLoops[index],
      let step = facts.step(at: index)
    else { return }
    again.only = again.failed
    again.ended = 0
    again.returnsTo = position
    position.step = index
    enter(again, step)
  }
}

extension JournalEntry {
  /// Whether the run goes on from here on another version of its connector.
  var changesVersion: Bool { kind == .retry && input?["scope"] != nil }
}

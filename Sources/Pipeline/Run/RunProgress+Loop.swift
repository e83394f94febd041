// SPDX-License-Identifier: Apache-2.0
// A `for_each`: its elements in order inside the run, or as runs of their own.

import Values

extension RunProgress {
  /// The beginning of a loop: an entry with its elements, or the runs to be made for them.
  func begin(_ forEach: ForEach, of step: Step) -> Turn {
    var entry = entry(step.id, ComponentID(step.id.rawValue), .loop, .running)
    var scope = scope
    let items: [JSONValue]
    do throws(TemplateError) {
      items = RunProgress.elements(try forEach.list.render(in: &scope))
    } catch {
      return .ended(failing(entry, error.code, "for_each of \(step.id): \(error)"))
    }
    entry.notes = notes(of: scope)
    guard items.count <= forEach.most else {
      return .ended(
        failing(
          entry, "too_many_elements",
          "for_each of \(step.id) has \(items.count) elements, at most \(forEach.most) are run: "
            + "shorten the list or raise \"max\""))
    }
    guard step.needsChildRuns, !items.isEmpty else {
      entry.input = .list(items)
      return .ended(entry)
    }
    entry.kind = .children
    entry.status = forEach.waits ? .waiting : .passed
    entry.input = ["count": .integer(Int64(items.count))]
    return .decided(
      .children(
        ChildrenPlan(
          step: position.step, items: items, waits: forEach.waits, scope: givenScope,
          entry: entry)))
  }

  func failing(_ entry: JournalEntry, _ code: String, _ message: String) -> JournalEntry {
    var entry = entry
    entry.status = .failed
    entry.error = ActionFailure(.invalidInput, code: code, message: message)
    return entry
  }

  /// The elements of a value: a list's own, none of what is missing or empty, else one.
  static func elements(_ value: JSONValue?) -> [JSONValue] {
    switch value {
    case .list(let list)?: list
    case let value? where !value.isEmpty: [value]
    default: []
    }
  }

  /// The entry of a loop whose elements have all ended.
  func ending(of loop: LoopState, in step: Step) -> JournalEntry {
    var counts: [ElementResult.Status: Int64] = [:]
    for result in loop.latest { counts[result?.status ?? .filtered, default: 0] += 1 }
    var entry = entry(step.id, ComponentID(step.id.rawValue), .loop, .succeeded)
    entry.element = nil
    entry.output = [
      "count": .integer(Int64(loop.items.count)), "passed": .integer(counts[.passed] ?? 0),
      "filtered": .integer(counts[.filtered] ?? 0), "failed": .integer(counts[.failed] ?? 0),
    ]
    return entry
  }

  /// Takes a journalled beginning or end of a loop.
  mutating func recordLoop(_ entry: JournalEntry) {
    guard let step = facts.step(at: position.step), let forEach = facts.loop(of: step) else {
      return
    }
    switch entry.status {
    case .running:
      let items = entry.input?.asList ?? []
      enter(LoopState(items: items, name: forEach.name, names: step.savedNames), step)
    case .succeeded: finishLoop(step)
    default: fail(entry.error?.message ?? "the loop \(step.id) failed")
    }
  }

  mutating func enter(_ loop: LoopState, _ step: Step) {
    self.loop = loop
    for name in loop.names { saved[name] = nil }
    forget(step)
    position = Position(step: position.step, component: 0, element: loop.current)
  }

  /// Clears how the actions of a step ended, so that an element does not see the one before it.
  private mutating func forget(_ step: Step) {
    for id in step.actionIDs where actions[id] != nil { actions[id] = nil }
  }

  mutating func endElement(_ status: StepStatus) {
    guard var loop, let element = position.element, let step = facts.step(at: position.step) else {
      return
    }
    // Held by nobody else from here, so that what grows in it is not copied.
    self.loop = nil
    var result = ElementResult(element: element, status: .failed, saved: [:])
    switch status {
    case .passed: result.status = .passed
    case .failed: break
    default: result.status = .filtered
    }
    for name in loop.names {
      let value = saved.removeValue(forKey: name)
      if result.status == .passed, let value { result.saved[name] = value }
    }
    loop.results.append(result)
    loop.ended += 1
    chain = nil
    position = Position(step: position.step, component: 0, element: loop.current)
    if loop.current < loop.items.count { forget(step) }
    self.loop = loop
  }

  /// Makes the lists of what was saved, and goes on behind the loop.
  private mutating func finishLoop(_ step: Step) {
    guard var loop else { return }
    self.loop = nil
    let latest = loop.latest
    for name in loop.names {
      saved[name] = .list(latest.map { $0?.saved[name] ?? .null })
    }
    mark(step.id, .passed)
    let back = loop.returnsTo
    loop.returnsTo = nil
    let hasFailed = latest.contains { $0?.status == .failed }
    failedLoops[position.step] = hasFailed ? loop : nil
    position = back ?? Position(step: position.step + 1, component: 0)
  }
}

extension Step {
  /// What its actions, their fallbacks included, are called.
  var actionIDs: [ComponentID] {
    var ids: [ComponentID] = []
    for component in components {
      guard case .action(let action) = component else { continue }
      if action.fallback == nil {
        ids.append(action.id)
      } else {
        ids += action.withFallbacks.map(\.id)
      }
    }
    return ids
  }

  /// The names its components save, each once.
  var savedNames: [String] {
    var names: [String] = []
    for component in components {
      switch component {
      case .action(let action): names += action.withFallbacks.compactMap(\.save)
      case .format(let format): names.append(format.save)
      case .waitForMessage(let wait): names += [wait.save].compactMap { $0 }
      case .filter, .delay: break
      }
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

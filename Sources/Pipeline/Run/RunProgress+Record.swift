// SPDX-License-Identifier: Apache-2.0
// What an entry of the journal does to a run.

import Values

extension RunProgress {
  /// The only place where a run changes besides `settle`, so that a run rebuilt from its journal is
  /// the same.
  mutating func record(_ entry: JournalEntry, setsContact: String? = nil) {
    switch entry.kind {
    case .filter: recordFilter(entry)
    case .action: recordAction(entry, setsContact: setsContact)
    case .format: recordFormat(entry)
    case .delay, .message: recordWait(entry)
    case .news: recordNews(entry)
    case .attempt:
      mode = .retrying(
        EarlierAttempts(
          count: entry.attempts ?? 1, retryAt: entry.retryAt, spentMS: entry.spentMS ?? 0))
    case .loop: recordLoop(entry)
    case .children: recordChildren(entry)
    case .retry: recordRetry(entry)
    case .cancel:
      mode = .running
      tally(entry.step) { $0.cancelled += 1 }
      end = RunEnd(.cancelled, reason: entry.stops ?? "")
    }
  }

  private mutating func recordFilter(_ entry: JournalEntry) {
    guard entry.status == .filtered else {
      position.component += 1
      return
    }
    guard case .filter(let filter) = component(at: position) else { return }
    go(filter.otherwise, because: "the filter \(filter.id) of step \(entry.step) did not hold")
  }

  /// Leaves the rest of the step, or of the element, as a filter says.
  mutating func go(_ otherwise: FilterElse, because reason: String) {
    switch otherwise {
    case .nextStep: leave(as: .filtered)
    case .goto(let id): leave(to: id, as: .filtered)
    case .stop:
      // The run says stopped; the statistics of the step say why.
      if let step = facts.step(at: position.step)?.id {
        steps[step] = .stopped
        tally(step) { $0.filtered += 1 }
      }
      end = RunEnd(.stopped, reason: reason)
    }
  }

  mutating func stop(_ reason: String) {
    if let step = facts.step(at: position.step) { mark(step.id, .stopped) }
    end = RunEnd(.stopped, reason: reason)
  }

  private mutating func recordAction(_ entry: JournalEntry, setsContact: String?) {
    let status = entry.status.action ?? .failed
    actions[entry.component] = ActionState(
      status: status, attempts: entry.attempts ?? 1, error: entry.error, taken: entry.taken)
    if case .running = mode {} else { mode = .running }
    if status == .succeeded {
      keep(entry.output ?? .null, of: entry, setsContact: setsContact)
      if let reason = entry.stops { return stop(reason) }
    }
    switch entry.taken {
    case .action(let action): chain = chain(after: entry, action)
    case .goto(let step):
      chain = nil
      leave(to: step, as: .failed)
    case .stop:
      let what = entry.error.map { $0.message.isEmpty ? $0.code : $0.message } ?? "no reason given"
      fail("\(entry.component) (\(entry.action ?? "")) \(verb(status)): \(what)")
    case .continue, nil:
      if chain != nil { chain = nil }
      position.component += 1
    }
  }

  private mutating func keep(_ result: JSONValue, of entry: JournalEntry, setsContact: String?) {
    var name = entry.save
    if entry.path.isEmpty, case .action(let action) = component(at: position) { name = action.save }
    if let name { save(name, result) }
    guard let setsContact, let id = result[setsContact], !id.isEmpty else { return }
    if contact?["id"] != id { contact = ["id": id] }
  }

  private mutating func recordFormat(_ entry: JournalEntry) {
    guard let object = entry.output, case .format(let format) = component(at: position) else {
      return fail("\(entry.component) failed: \(entry.error?.message ?? "")")
    }
    save(format.save, object)
    position.component += 1
  }

  mutating func save(_ name: String, _ value: JSONValue) {
    saved[name] = value
    if facts.child != nil { own[name] = value }
    if loop?.names.contains(name) == false { loop?.names.append(name) }
  }

  private func verb(_ status: ActionStatus) -> String {
    switch status {
    case .timeout: "took too long"
    case .unknown: "has an unknown outcome"
    default: "failed"
    }
  }

  /// Ends the run, or the element of a loop that goes on after failures.
  mutating func fail(_ reason: String) {
    guard let step = facts.step(at: position.step) else { return }
    if let element = position.element {
      guard facts.loop(of: step)?.stopsOnFailure == true else { return leave(as: .failed) }
      mark(step.id, .failed)
      end = RunEnd(.failed, reason: "element \(element) of \(step.id): \(reason)")
      return
    }
    mark(step.id, .failed)
    end = RunEnd(.failed, reason: reason)
  }

  /// Ends the element, the run of one, or the step, and goes on behind it.
  mutating func leave(as status: StepStatus) {
    leave(toStep: position.step + 1, as: status)
  }

  /// The same, to a step further on; inside a loop it only ends the element.
  mutating func leave(to step: StepID, as status: StepStatus) {
    let target = facts.connector.stepIndex(step) ?? position.step + 1
    leave(toStep: max(target, position.step + 1), as: status)
  }

  private mutating func leave(toStep target: Int, as status: StepStatus) {
    if loop != nil { return endElement(status) }
    if let id = facts.step(at: position.step)?.id { mark(id, status) }
    guard facts.child == nil else {
      end =
        status == .failed
        ? RunEnd(.failed, reason: "it went elsewhere after a failure, which ends an element")
        : RunEnd(.succeeded, saved: status == .passed ? own : JSONObject())
      return
    }
    for index in position.step + 1..<target {
      if let id = facts.step(at: index)?.id { mark(id, .skipped) }
    }
    position = Position(step: target, component: 0)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Delays and waits for a message, up to the parking of the run.

import Calendar
import Values

extension RunProgress {
  /// What the parking of the run does to it.
  package mutating func park(_ plan: WaitPlan) {
    settle()
    record(plan.entry)
  }

  /// What a parked run waits for; nil when it is not parked.
  var waited: Decision? {
    guard case .waiting(let entry) = mode else { return nil }
    if let plan = WaitPlan(entry) { return .wait(plan) }
    let plan = ChildrenPlan(
      step: position.step, items: [], waits: true, scope: givenScope, entry: entry)
    return .children(plan)
  }

  func reach(_ delay: DelayComponent, in step: StepID, _ now: Moment) -> Turn {
    var entry = entry(step, delay.id, .delay, .waiting)
    do throws(ActionFailure) {
      var reading = DelayReading(scope: scope, zone: zone)
      let due = try reading.due(delay.basis, now: now, started: facts.eventAt)
      let identifiers = try reading.identifiers(delay.identifiers)
      reading.input["identifiers"] = .list(identifiers.map { .text($0) })
      entry.input = .object(reading.input)
      entry.notes = notes(of: reading.scope) + reading.notes
      entry.dueAt = due
      if due > now, let plan = WaitPlan(entry) { return .decided(.wait(plan)) }
      let isLate = delay.basis.mayBePast && due < now
      return .ended(past(delay, entry, "its time had passed when it was reached", isLate: isLate))
    } catch {
      return .ended(failing(entry, error.code, "\(delay.id): \(error.message)"))
    }
  }

  /// The entry of a delay whose time has passed already: late ones go by its rule.
  func past(
    _ delay: DelayComponent, _ entry: JournalEntry, _ reason: String, isLate: Bool
  ) -> JournalEntry {
    var entry = entry
    entry.notes.append(reason)
    switch delay.pastDue {
    case .skipStep where isLate: entry.status = .pastDue
    case .fail where isLate:
      entry.status = .failed
      entry.error = ActionFailure(.failed, code: "past_due", message: reason)
    default: entry.status = .passed
    }
    return entry
  }

  func reach(_ wait: MessageWaitComponent, in step: StepID, _ now: Moment) -> Turn {
    var entry = entry(step, wait.id, .message, .waiting)
    guard let contact = contact?["id"]?.asText, !contact.isEmpty else {
      return .ended(
        failing(
          entry, "no_contact",
          "\(wait.id): there is no contact whose message could be waited for: map one first"))
    }
    entry.input = ["contact": .text(contact)]
    entry.dueAt = now.adding(wait.timeout)
    guard let plan = WaitPlan(entry) else { preconditionFailure("the entry is a wait's") }
    return .decided(.wait(plan))
  }

  mutating func recordWait(_ entry: JournalEntry) {
    if entry.status == .waiting {
      mode = .waiting(entry)
      return
    }
    mode = .running
    switch (entry.status, component(at: position)) {
    case (.failed, _): fail("\(entry.component) failed: \(entry.error?.message ?? "")")
    case (.pastDue, _): leave(as: .filtered)
    case (.timeout, .waitForMessage(let wait)):
      go(wait.otherwise, because: "no message came in the time of \(wait.id)")
    case (.succeeded, .waitForMessage(let wait)):
      if let name = wait.save { save(name, entry.output ?? .null) }
      position.component += 1
    default: position.component += 1
    }
  }
}

extension DelayBasis {
  /// Whether a time in the past is for the `past_due` rule; one counted forwards runs at once.
  var mayBePast: Bool {
    switch self {
    case .before, .on: true
    case .amount, .after: false
    }
  }
}

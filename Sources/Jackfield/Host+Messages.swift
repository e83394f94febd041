// SPDX-License-Identifier: Apache-2.0
// Messages of contacts that come in: who waits for them, and when they are too many.
import HostServices
import Pipeline
import Scheduler
import Store
import Synchronization
import Values

extension Host {
  /// Whom a message is from: a contact's id where there is one, else channel and number.
  struct MessageSender: Sendable {
    let contact: String
    let project: ProjectID

    var guardKey: String { "\(project) \(contact)" }
  }

  /// The contact a message is from: `contact` or `contact.id` of the event, else the one with its
  /// channel and number; nil for a message that names nobody.
  func sender(
    of event: JSONValue, in project: ProjectID
  ) throws(HostError) -> MessageSender? {
    let named = event["contact"].map { $0["id"] ?? $0 }
    if let id = named?.asText ?? named?.asInteger.map(String.init), !id.isEmpty {
      return MessageSender(contact: id, project: project)
    }
    guard let channel = event["channel"], let number = event["number"] else { return nil }
    let reference = ReferenceResolution.Reference(
      kind: "contact", value: ["channel": channel, "number": number])
    let (setup, _) = try setup(of: project)
    let ids = try reading { transaction throws(StoreError) in
      try ReferenceResolution(setup: setup).ids(of: reference, transaction)
    }
    return ids.first.map { MessageSender(contact: $0, project: project) }
  }

  /// Hands a message to a run that waits for one of its sender; of several the one that asked last
  /// has it, for that is what a person answers.
  ///
  /// - Returns: the run, which is due now; nil where none waits.
  func wake(with event: JSONValue, from sender: MessageSender) throws(HostError) -> RunID? {
    let (payload, now) = (event.json, Host.now())
    let woken = try writing { transaction throws(StoreError) -> RunID? in
      var waiting: [RunRow] = []
      for run in try transaction.messageWaiters(sender.project, contact: sender.contact) {
        if let row = try transaction.runGet(run) { waiting.append(row) }
      }
      waiting.sort { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
      for row in waiting {
        if try transaction.messageWake(row.id, payload: payload, nowMS: now) { return row.id }
      }
      return nil
    }
    if woken != nil, let runtime { runtime.loop.post { runtime.scheduler.due(at: 0) } }
    return woken
  }

  /// Whether one more run may start for a message of this sender.
  func admits(_ sender: MessageSender) -> Bool {
    messageGuard.withLock { $0.admits(sender.guardKey, now: Host.now()) }
  }
}

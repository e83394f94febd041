// SPDX-License-Identifier: Apache-2.0
// Events on their way in: written first, answered after the commit.

import Calendar
import Engine
import Pipeline
import Scheduler
import Store
import Values

extension World {
  /// A new event arrives.
  func accept() {
    guard outside.events.count < eventCount, !isStopping else { return }
    let kind = chooseConnector()
    let contact = random.pick(["ann", "bob"])
    let event: JSONValue = [
      "contact": .text(contact), "wait": .text(random.pick(["0 s", "2 s", "10 s", "90 s"])),
      "resource": .text(random.pick(["one", "1", "two", "2"])),
      "list": .list((0..<random.below(4)).map { .integer(Int64($0)) }),
    ]
    let number = outside.events.count
    outside.events.append(
      SentEvent(
        connector: kind, key: Array("event \(number)".utf8), body: event.json, contact: contact))
    note("event", Int64(number))
    send(number)
  }

  /// The sender of an event did not hear the answer, or sends it twice.
  func repeatEvent() {
    guard !outside.events.isEmpty, !isStopping else { return }
    send(random.below(outside.events.count))
  }

  private func chooseConnector() -> SimulatedConnector {
    let kind = random.pick(SimulatedConnector.allCases)
    // Eleven runs of one event are enough.
    let hasLooped = outside.events.contains { $0.connector == .loop }
    return kind == .loop && hasLooped ? .delayed : kind
  }

  private func send(_ number: Int) {
    let sent = outside.events[number]
    guard let connector = folder.connectors[sent.connector] else { return }
    var event = NewEvent(
      project: SimulatedProject.id, connector: connector, version: 1, body: sent.body,
      dedupe: .init(key: sent.key, withinSeconds: 1_000_000_000),
      fifoKey: sent.connector == .ordered ? sent.contact : nil,
      contact: folder.contacts[sent.contact])
    if fault == .dedupeForgotten { event.dedupe = nil }
    let (now, body) = (clock.wall, event)
    store.write { write throws(StoreError) in
      try write.eventAccept(body, nowMS: now)
    } completion: { [self] in accepted(number, $0) }
    if fault == .acceptedBeforeCommit, sent.told == nil { outside.events[number].told = RunID(0) }
  }

  func accepted(_ number: Int, _ result: Result<EventVerdict, StoreError>) {
    // A 503: the sender tries again.
    guard case .success(let verdict) = result else { return }
    let sent = outside.events[number]
    if let told = sent.told, told != RunID(0), told != verdict.run {
      witness.object("event \(number) was told to be run \(told), now \(verdict.run)")
    }
    outside.events[number].told = verdict.run
    guard case .accepted(let run) = verdict, standings[run] == nil,
      let connector = folder.connectors[sent.connector]
    else { return }
    know(run, kind: sent.connector, event: sent.body, origin: nil)
    take(run, of: connector, SimulatedProject.id) { seed(run, connector) }
  }

  func know(
    _ run: RunID, kind: SimulatedConnector, event: String, origin: RunID?, parent: RunID? = nil
  ) {
    let value = (try? JSONValue(parsing: event)) ?? [:]
    let known = SimulatedRun(kind: kind, event: value, origin: origin, parent: parent)
    facts[run] = known
    witness.accepted(run, line: known.line)
  }

  private func contact(of event: JSONValue) -> JSONValue? {
    let id = event["contact"]?.asText.flatMap { folder.contacts[$0] }
    return id.map { ["id": .text($0.description)] }
  }

  private func seed(_ run: RunID, _ connector: ConnectorID) -> RunSeed? {
    guard let known = facts[run], let document = project.connectors[known.kind] else { return nil }
    let progress = RunProgress(
      runID: run, project: SimulatedProject.id, connector: document, connectorVersion: 1,
      startedAt: Moment(milliseconds: clock.wall), event: known.event,
      contact: contact(of: known.event))
    return RunSeed(
      progress: progress, project: SimulatedProject.id, connector: connector, journalled: 0,
      isRecovered: false, fifoKey: known.line)
  }
}

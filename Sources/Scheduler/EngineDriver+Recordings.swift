// SPDX-License-Identifier: Apache-2.0
// What the engine wants on disk, on its way there and back.
import Engine
import Pipeline
import Store

extension EngineDriver {
  func record(_ order: RecordOrder) {
    guard let standing = standings[order.run] else { return lost(order) }
    var recording = Recording(order: order, standing: standing, now: now.wall)
    complete(&recording)
    let body = recording
    store.write({ transaction throws(StoreError) in try body.write(transaction) }) { [self] result in
      wasRecorded(order, result)
    }
  }

  private func wasRecorded(_ order: RecordOrder, _ result: Result<Recorded, StoreError>) {
    let report = RecordReport(result)
    if case .success(let recorded) = result {
      standings[order.run]?.move(to: order.parks ? .waiting : .running, recorded.sequence)
    }
    recorded(order, result, report)
    // Others that this one ended are stopped first: the engine may otherwise let them go on with
    // what this one gives back.
    if case .success(let recorded) = result { stopOthers(recorded) }
    feed(.recorded(order.run, report))
    if case .success(let recorded) = result { wakeOthers(recorded) }
  }

  private func stopOthers(_ recorded: Recorded) {
    for run in recorded.ended { tookOut(run, reason: "it was taken out by another run") }
    for run in recorded.toCancel { cancel(run, reason: "its parent was cancelled") }
  }

  private func wakeOthers(_ recorded: Recorded) {
    for place in recorded.started { feed(.backlog(place.connector, place.project)) }
    if let due = recorded.dueAt { feed(.sleeping(until: due)) }
  }
}

extension RecordReport {
  package init(_ result: Result<Recorded, StoreError>) {
    switch result {
    case .success(let recorded):
      self = .committed(
        contact: recorded.contact, result: recorded.result,
        held: recorded.held.map { $0 == .end ? .end : .resume })
    case .failure(let error) where error.isConflict: self = .lostRace(detail: error.message)
    case .failure(let error) where error.code == .zombie || error.code == .alreadyRecorded:
      self = .superseded
    case .failure(let error)
    where error.code == .tooLarge || error.code == .notFound || error.code == .invalidQuery:
      self = .rejected(code: error.code.rawValue, message: error.message)
    case .failure(let error): self = .refused(message: error.message)
    }
  }
}

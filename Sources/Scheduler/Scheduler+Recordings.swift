// SPDX-License-Identifier: Apache-2.0
// What the engine wants on disk, on its way there and back.
import Engine
import HostServices
import Pipeline
import Store
import Values

extension Scheduler {
  func record(_ order: RecordOrder) {
    guard let standing = standings[order.run] else {
      preconditionFailure("run \(order.run) is live without a standing")
    }
    var recording = Recording(order: order, standing: standing, now: clock())
    if let attempt = order.attempt {
      recording.exchanges = services.exchanges(of: attempt.value)
      if order.keepsWrites {
        recording.writes = services.writes(of: attempt.value)
        recording.effects = services.effects(of: attempt.value)
      }
      if let started = attempts[attempt.value]?.started {
        recording.durationMS = Int64((loop.now - started) / 1_000_000)
      }
    }
    let body = recording
    store.write({ transaction throws(StoreError) in try body.write(transaction) }) { [self] result in
      recorded(order, result)
    }
  }

  private func recorded(_ order: RecordOrder, _ result: Result<Recorded, StoreError>) {
    let report = RecordReport(result)
    if case .refused = report {} else if let attempt = order.attempt {
      services.release(attempt.value)
      attempts[attempt.value] = nil
    }
    if case .success(let recorded) = result {
      standings[order.run]?.fence.sequence = recorded.sequence
      standings[order.run]?.state = order.parks ? .waiting : .running
      watchers.tell(.recorded(order.run, recorded.entries))
    }
    feed(.recorded(order.run, report))
    if case .success(let recorded) = result { follow(recorded) }
  }

  /// What a recording did to other runs than its own.
  private func follow(_ recorded: Recorded) {
    for place in recorded.started { feed(.backlog(place.connector, place.project)) }
    for run in recorded.ended { tookOut(run, reason: "it was taken out by another run") }
    for run in recorded.toCancel { cancel(run, reason: "its parent was cancelled") { _ in } }
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

// SPDX-License-Identifier: Apache-2.0
// What people do to runs: they write, move delays, and have ended runs go on.

import Engine
import HostServices
import Pipeline
import Scheduler
import Store
import Values

extension World {
  /// A contact writes: whoever waits for that goes on.
  func message() {
    guard let contact = folder.contacts[random.pick(["ann", "bob"])] else { return }
    let now = clock.wall
    note("message", contact.rawValue)
    store.write { write throws(StoreError) in
      var isAny = false
      for run in try write.messageWaiters(SimulatedProject.id, contact: contact.description) {
        if try write.messageWake(run, payload: #"{"text":"hello"}"#, nowMS: now) { isAny = true }
      }
      return isAny
    } completion: { [self] in
      // What was woken is due whatever the clock says: it may be set back before anybody looks.
      changed(until: 0, $0)
    }
  }

  /// A provider tells what became of something: mostly of what somebody waits for.
  func tell() {
    let known = random.once(in: 3) ? outside.requests.map(\.sentPlace) : outside.awaited.suffix(4)
    guard !known.isEmpty else { return }
    let sent = random.pick(Array(known))
    tell(sent.run, sent.place)
  }

  func tell(_ run: RunID, _ place: String) {
    let now = clock.wall
    let state = random.once(in: 3) ? "failed" : "succeeded"
    let news = EventNews(
      project: SimulatedProject.id, key: "key-\(run)-\(place)",
      hasSucceeded: state == "succeeded", news: ["state": .text(state)], slot: 1)
    note("tell", run.rawValue, place)
    store.write { write throws(StoreError) in
      // What a person would settle stays for `Reckoning` to find.
      guard let row = try write.runGet(run), row.mark != "unknown", row.finishedAt == nil else {
        return EventNews.Verdict?.none
      }
      return try news.apply(write, nowMS: now)
    } completion: { [self] result in
      guard case .success(let verdict?) = result else { return }
      witness.told(run, place, isWoken: verdict == .woken(run))
      if verdict == .woken(run) { feed(.sleeping(until: 0)) }
    }
  }

  /// Somebody moves a delay to another time.
  func moveDelay() {
    guard !facts.isEmpty else { return }
    let run = random.pick(facts.keys.sorted())
    let now = clock.wall
    let due = now + Int64(random.below(6_000)) - 1_000
    note("move", run.rawValue)
    store.write { write throws(StoreError) in
      try write.delayMove(run, due: due, nowMS: now)
    } completion: { [self] in changed(until: due, $0) }
  }

  /// A waiting run was made due at a time, by somebody else than its driver.
  private func changed(until time: Int64, _ result: Result<Bool, StoreError>) {
    if case .success(true) = result { feed(.sleeping(until: time)) }
  }

  /// Somebody has an ended run go on from where it ended.
  func retry() {
    let ended = facts.keys.filter { facts[$0]?.parent == nil && witness.isOver($0) }
    guard !ended.isEmpty else { return }
    let run = random.pick(ended.sorted())
    let (reading, now) = (reading, clock.wall)
    note("retry", run.rawValue)
    witness.retrying(run)
    store.write { write throws(StoreError) in
      try World.reopen(run, reading, write, now: now)
    } completion: { [self] in retried(run, $0) }
  }

  private static func reopen(
    _ run: RunID, _ reading: RunReading, _ write: WriteTransaction, now: Int64
  ) throws(StoreError) -> Bool {
    guard let row = try write.runGet(run), row.state.isTerminal, row.state != .succeeded else {
      return false
    }
    var (progress, journalled) = try reading.progress(row, write)
    guard let entry = try? progress.reopen(from: .component) else { return false }
    try write.journalAppend(
      run, sequence: Int64(journalled), entry: entry.value.json, startedMS: now, durationMS: 0)
    return try write.runReopen(run, position: progress.position.text, nowMS: now) != nil
  }

  private func retried(_ run: RunID, _ result: Result<Bool, StoreError>) {
    guard case .success(true) = result, let kind = facts[run]?.kind,
      let connector = folder.connectors[kind]
    else { return }
    note("retried", run.rawValue)
    witness.retried(run)
    feed(.reopened(run, connector, SimulatedProject.id))
  }
}

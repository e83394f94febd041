// SPDX-License-Identifier: Apache-2.0
// What people do to runs: they write, and move delays.

import Engine
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
}

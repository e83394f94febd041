// SPDX-License-Identifier: Apache-2.0
// Taking runs in: new ones, pages of active ones, pages of due ones.
import Pipeline

extension Engine {
  mutating func accept(_ seed: RunSeed) {
    backlog.took(seed.progress.runID, of: seed.connector, seed.project)
    take(seed)
  }

  mutating func claimed(
    _ connector: ConnectorID, _ seeds: [RunSeed], last: RunID, isEnd: Bool
  ) {
    backlog.read(connector, last: last, isEnd: isEnd)
    let gone = departed
    departed = []
    for seed in seeds where !gone.contains(seed.progress.runID) { take(seed) }
    storedCancels.runsRead()
  }

  mutating func due(_ seeds: [RunSeed], next: Int64?) {
    // A page without a single run that reads back would come again at once, and again.
    let isFruitless = seeds.isEmpty && sleepers.passed == nil && next.map { $0 <= now.wall } == true
    sleepers.endReading(next: isFruitless ? now.wall + 1_000 : next)
    for seed in seeds {
      // The clock may have been set back since the page was asked for.
      if case .due(let at)? = seed.wake, !isDue(at.milliseconds) {
        sleepers.note(at.milliseconds)
      } else if !isPaused(seed.project) {
        take(seed)
      }
    }
    storedCancels.dueRead()
  }

  /// Behind which due runs are to be read, when `claimDue` asks for a page; nil is from the first.
  package var duePassed: DuePlace? { sleepers.passed }

  private func isDue(_ time: Int64) -> Bool {
    if faults.contains(.dueIsStrict) { return time < now.wall }
    if faults.contains(.wakesEarly) { return time <= now.wall + 1_000 }
    return time <= now.wall
  }

  private mutating func take(_ seed: RunSeed) {
    let id = seed.progress.runID
    guard runs[id] == nil, !isStopping else { return }
    runs.insert(id, LiveRun(seed))
    if let reason = storedCancels.reason(for: id) {
      runs[id]?.cancel = LiveRun.Cancel(reason: reason)
    }
    guard let wake = seed.wake else { return begin(id) }
    self.wake(id, wake)
  }

  // MARK: asking for pages

  mutating func claimIfRoom() {
    guard hasStarted, isResuming, !isStopping else { return }
    let moving = runs.count - stuck.total
    // A new page once a half is free, so that claims come in pages and not one by one.
    if moving <= limits.liveRuns / 2 { claimRuns() }
    let until = faults.contains(.wakesEarly) ? now.wall + 1_000 : now.wall
    if moving < limits.liveRuns, sleepers.isDue(at: faults.contains(.dueIsStrict) ? until - 1 : until) {
      sleepers.beginReading(at: now)
      output.append(.claimDue(until: until, limit: limits.claimPage))
    }
  }

  private mutating func claimRuns() {
    guard let (connector, after) = backlog.next() else { return }
    let room = max(1, stuck.share(of: limits) - stuck[connector])
    output.append(.claim(connector, after: after, limit: min(limits.claimPage, room)))
  }

  /// Keeps the backlog from bringing more of a connector whose runs do not move.
  mutating func noteStuck(_ connector: ConnectorID) {
    let share = stuck.share(of: limits)
    let (count, isFull) = (stuck[connector], backlog.isFull(connector))
    if isFull ? count <= share / 2 : count >= share { backlog.setFull(connector, !isFull) }
  }

  /// Leaves a woken run to the disk when its connector has too many that do not move.
  ///
  /// - Returns: whether it is gone.
  mutating func unloadIfCrowded(_ id: RunID) -> Bool {
    guard runs[id]?.wasWoken == true, runs[id]?.cancel == nil, isResuming,
      let connector = runs[id]?.connector, let project = runs[id]?.project,
      stuck[connector] >= stuck.share(of: limits)
    else { return false }
    _ = remove(id)
    departed.remove(id)
    backlog.rewind(connector, project, to: id)
    output.append(.unloaded(id))
    return true
  }
}

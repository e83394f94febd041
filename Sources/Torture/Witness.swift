// SPDX-License-Identifier: Apache-2.0
// Somebody who sees everything the host does, remembers it over crashes, and says what is wrong.

import Calendar
import Engine
import Pipeline
import Store

/// The promises that can be judged while the host runs. `Reckoning` judges the rest at its end.
struct Witness {
  /// The first thing that was wrong.
  private(set) var problem: String?

  // Known over crashes.
  /// Calls whose outcome is on disk, by run and place.
  private var concluded: Set<Place> = []
  private var succeeded: Set<Place> = []
  private var meter = MeterWitness()
  /// The highest attempt ordered at a place.
  private var ordinals: [Place: Int] = [:]
  private(set) var ends: [RunID: RunEnd] = [:]
  /// Runs that were cancelled on disk, and what they were told.
  private(set) var cancelled: Set<RunID> = []
  private var started: Set<RunID> = []
  /// How often each was made to go on by a person, and those of which that is not known.
  private var retries: [RunID: Int] = [:]
  /// What the disk says has ended, though nobody was told before a crash.
  private var endedUntold: Set<RunID> = []
  private var unsure: Set<RunID> = []
  /// The runs of a contact in an ordered connector, in the order of their commits.
  private var lines: [String: [RunID]] = [:]

  /// Calls of which news were kept before anybody waited for them.
  private var early: Set<Place> = []
  /// Where runs wait for news which are on disk.
  private var informed: [RunID: String] = [:]

  // Known to this host only.
  private var recording: Set<RunID> = []
  /// Calls made by this host, whose outcome it must therefore know.
  private var made: Set<Place> = []
  private var acting: [String: RunID] = [:]
  private var holders: [String: RunID] = [:]
  private var inside: [SimulatedConnector: Set<RunID>] = [:]
  /// Cancels that were asked for and not answered.
  private(set) var tickets: Set<UInt64> = []

  struct Place: Hashable {
    let run: RunID
    let place: String
  }

  mutating func object(_ text: String) { problem = problem ?? text }

  /// The host is gone, and all it knew.
  mutating func crashed() {
    recording = []
    made = []
    acting = [:]
    holders = [:]
    inside = [:]
    tickets = []
  }

  // MARK: what the host does

  mutating func accepted(_ run: RunID, line: String?) {
    guard let line, lines[line]?.contains(run) != true else { return }
    lines[line, default: []].append(run)
  }

  mutating func called(_ order: CallOrder, line: String?, resource: String?) {
    let place = Place(run: order.run, place: order.place)
    if recording.contains(order.run) {
      object("run \(order.run) calls \(order.place) before the outcome before it is on disk")
    }
    if concluded.contains(place) {
      object("run \(order.run) calls \(order.place) again, whose outcome is on disk")
    }
    if ends[order.run] != nil { object("run \(order.run) calls after its end") }
    judgeFallback(order)
    made.insert(place)
    if cancelled.contains(order.run) { object("run \(order.run) calls though it was cancelled") }
    if order.ordinal < ordinals[place] ?? 0 {
      object("run \(order.run) has forgotten attempts at \(order.place)")
    }
    ordinals[place] = max(order.ordinal, ordinals[place] ?? 0)
    if let line { act(order.run, in: line) }
    if let resource { hold(order.run, resource) }
    started.insert(order.run)
  }

  /// What stands in for a failed action begins once that has failed on disk.
  private mutating func judgeFallback(_ order: CallOrder) {
    // `0-2-f1-r3`: the second rule of the third component, after the third retry by a person.
    guard let mark = order.place.firstIndex(of: "f") else { return }
    let retry = order.place[mark...].firstIndex(of: "r").map { "-" + order.place[$0...] } ?? ""
    let first = Place(run: order.run, place: order.place[..<mark].dropLast() + retry)
    if made.contains(first), !concluded.contains(first) {
      object("run \(order.run) takes a fallback of \(first.place), whose outcome is not on disk")
    }
    if succeeded.contains(first) {
      object("run \(order.run) takes a fallback of \(first.place), which succeeded")
    }
  }

  /// A call of the plugin with a rate. **Unit** nanoseconds
  mutating func metered(_ order: CallOrder, at time: UInt64) {
    if let text = meter.called(order, at: time) { object(text) }
  }

  /// A host that crashed knows of the rates what was kept last.
  mutating func forgetRates() { meter = MeterWitness() }

  /// A run acts in a connector that lets so many in at a time.
  mutating func entered(_ run: RunID, _ kind: SimulatedConnector, atMost limit: Int) {
    inside[kind, default: []].insert(run)
    if let count = inside[kind]?.count, count > limit {
      object("\(count) runs of \(kind.rawValue) act at a time")
    }
  }

  /// Whether a run is known to have ended.
  func isOver(_ run: RunID) -> Bool { ends[run] != nil || cancelled.contains(run) }

  /// Somebody wants an ended run to go on; whether it does is not known until that is told.
  mutating func retrying(_ run: RunID) { unsure.insert(run) }

  /// An ended run goes on.
  mutating func retried(_ run: RunID) {
    retries[run, default: 0] += 1
    informed[run] = nil
    ends[run] = nil
    endedUntold.remove(run)
    cancelled.remove(run)
    // It was in its contact's line before; it does not stand there anew.
    started.insert(run)
  }

  /// What the disk says of the runs that were to go on when the host ended.
  mutating func learn(_ rows: [RunRow]) {
    for row in rows where unsure.contains(row.id) && row.retries > retries[row.id] ?? 0 {
      retried(row.id)
    }
    unsure = []
    for row in rows where row.state.isTerminal { endedUntold.insert(row.id) }
  }

  mutating func asked(_ ticket: UInt64) { tickets.insert(ticket) }

  mutating func answered(_ ticket: UInt64) {
    if tickets.remove(ticket) == nil { object("cancel \(ticket) is answered twice") }
  }

  private mutating func act(_ run: RunID, in line: String) {
    if let other = acting[line], other != run {
      object("run \(run) acts while run \(other) of the same contact does")
    }
    acting[line] = run
    guard !started.contains(run), let all = lines[line] else { return }
    let earlier = all.first { $0 < run && !started.contains($0) && !isOver($0) }
    if let earlier, !endedUntold.contains(earlier) {
      object("run \(run) starts before run \(earlier) of the same contact")
    }
  }

  private mutating func hold(_ run: RunID, _ resource: String) {
    if let other = holders[resource], other != run {
      object("runs \(other) and \(run) use \(resource) at the same time")
    }
    holders[resource] = run
  }

  mutating func ordered(_ order: RecordOrder, wake: Wake?, now: EngineTime) {
    if recording.contains(order.run) {
      object("run \(order.run) is recorded while it is being recorded")
    }
    recording.insert(order.run)
    guard order.isWake, order.end?.state != .cancelled, case .due(let at)? = wake else { return }
    if at.milliseconds > now.wall {
      object("run \(order.run) is woken \(at.milliseconds - now.wall) ms early")
    }
  }

  /// A recording is told to be on disk.
  mutating func committed(_ order: RecordOrder, place: String?, isFinal: Bool) {
    recording.remove(order.run)
    judgeNews(order, place)
    guard isFinal else { return }
    if let place {
      if order.journal.contains(where: { $0.kind == .action && $0.status == .succeeded }) {
        succeeded.insert(Place(run: order.run, place: place))
      }
      guard concluded.insert(Place(run: order.run, place: place)).inserted else {
        return object("the outcome of \(place) of run \(order.run) is recorded twice")
      }
    }
    release(order.run)
  }

  /// News are on disk: of a run that goes on with them, or may wait for them later.
  mutating func told(_ run: RunID, _ place: String, isWoken: Bool) {
    if isWoken { informed[run] = place } else { early.insert(Place(run: run, place: place)) }
  }

  /// No wait runs out of which the news are there.
  private mutating func judgeNews(_ order: RecordOrder, _ place: String?) {
    for entry in order.journal where entry.kind == .news {
      if entry.status == .waiting {
        let isEarly = place.map { early.contains(Place(run: order.run, place: $0)) } ?? false
        informed[order.run] = isEarly ? place : nil
      } else if let place = informed.removeValue(forKey: order.run), entry.status == .timeout,
        (place + "-").hasPrefix(order.position.place + "-")
      {
        object("run \(order.run) waited at \(place) for news in vain that were on disk")
      }
    }
  }

  mutating func notCommitted(_ order: RecordOrder) { recording.remove(order.run) }

  mutating func wasCancelled(_ run: RunID) {
    if let end = ends[run], end.state != .cancelled {
      object("run \(run) is cancelled after it has \(end.state.rawValue)")
    }
    cancelled.insert(run)
  }

  mutating func finished(_ run: RunID, _ end: RunEnd) {
    if ends[run] != nil { object("run \(run) ends twice") }
    if cancelled.contains(run), end.state != .cancelled {
      object("run \(run) has \(end.state.rawValue) though it was cancelled")
    }
    ends[run] = end
    if end.state == .cancelled { cancelled.insert(run) }
    left(run)
  }

  /// A run is no longer in memory.
  mutating func left(_ run: RunID) {
    recording.remove(run)
    release(run)
    acting = acting.filter { $0.value != run }
    for kind in inside.keys { inside[kind]?.remove(run) }
  }

  private mutating func release(_ run: RunID) { holders = holders.filter { $0.value != run } }
}

extension Position {
  /// How the places of calls there begin.
  fileprivate var place: String {
    "\(step)-\(component)" + (element.map { "-\($0)" } ?? "")
  }
}

// SPDX-License-Identifier: Apache-2.0
// The same run and the same answers give the same journal, with a restart at any place.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct DeterminismTests {
  /// What a question leads to follows from it and the seed alone.
  private static func dice(_ seed: UInt64, _ text: String) -> Dice {
    var dice = Dice(state: seed)
    for byte in text.utf8 { dice.state = dice.state &* 31 &+ UInt64(byte) }
    _ = dice.roll(2)
    return dice
  }

  private static func outcome(_ plan: CallPlan, seed: UInt64) -> ActionOutcome {
    var dice = dice(seed, "\(plan.component) \(plan.place)")
    let failure = ActionFailure(
      .failed, code: dice.pick(["no", "x"]), message: "no", detail: ["x": 1])
    switch dice.roll(8) {
    case 0, 1: return .failed(failure)
    case 2: return .timeout(ActionFailure(.timeout, code: "timeout", message: "late"))
    case 3: return .unknown(ActionFailure(.unknownOutcome, code: "left", message: "left"))
    default: return .succeeded(["id": .text("r\(plan.component)"), "contact_id": "c9"])
    }
  }

  private static func walk(_ run: RunProgress, seed: UInt64) throws -> RunWalk {
    var walk = RunWalk(run, try Fixtures.policies())
    walk.answer = { outcome($0, seed: seed) }
    walk.failsFirst = { plan in
      var dice = dice(seed, "\(plan.place) first")
      return dice.roll(4) == 0
    }
    walk.stops = { plan in
      var dice = dice(seed, "\(plan.place) stop")
      return dice.roll(25) == 0 ? "it is enough" : nil
    }
    walk.awaits = { plan in
      var dice = dice(seed, "\(plan.place) news")
      guard dice.roll(3) == 0, case .succeeded(let result) = outcome(plan, seed: seed) else {
        return nil
      }
      return NewsWait(result: result, count: 2, within: .seconds(60))
    }
    walk.wake = { plan in
      var dice = dice(seed, "\(plan.component) wake")
      let late = dice.pick([Duration.zero, .seconds(60), .seconds(90_000)])
      switch dice.roll(6) {
      case 0: return (late, .resumed)
      case 1: return (late, .moved)
      case 2 where plan.kind == .message: return (late, .message(["text": "hi"]))
      case 2, 3, 4:
        guard plan.kind == .news else { return (late, .due(at: plan.due ?? Fixtures.now)) }
        let states = [dice.pick(["succeeded", "failed"]), "failed"]
        return (
          .zero,
          .news(states.map { NewsTold(target: $0, news: ["state": .text($0), "code": "no"]) })
        )
      default: return (late, .due(at: plan.due ?? Fixtures.now))
      }
    }
    walk.children = { plan in
      let count = Int(plan.entry.input?["count"]?.asInteger ?? 0)
      return (0..<count).map { element in
        var dice = dice(seed, "\(plan.step) child \(element)")
        let status = dice.pick(["succeeded", "succeeded", "failed", "succeeded", "cancelled"])
        return ChildOutcome(element: element, status: status, saved: ["v_c1_0": 7])
      }
    }
    return walk
  }

  /// Where a person has a run go on that ended, once.
  private static func retry(_ walk: inout RunWalk, seed: UInt64) throws {
    guard walk.run.retries == 0, walk.run.end?.state != .succeeded else { return }
    var dice = dice(seed, "retry")
    let start = dice.pick([RetryStart.component, .step])
    let entry = try walk.run.reopen(from: start)
    walk.journal.append(entry)
    walk.clock.append(walk.now)
    walk.recordings.append((walk.journal.count, walk.run.takeTallies(), false))
    try walk.finish()
  }

  private static func start(seed: UInt64) throws -> RunProgress {
    var random = RandomConnector(seed: seed)
    let steps = random.steps()
    let list: [JSONValue] = (0..<random.dice.roll(5)).map { .integer(Int64($0)) }
    return try Fixtures.progress(
      steps: steps,
      event: [
        "n": .integer(Int64(random.dice.roll(5))), "list": .list(list), "day": "2026-11-25",
      ])
  }

  @Test(arguments: 1...120)
  func `a run continues the same after a restart at any entry`(seed: UInt64) throws {
    let fresh = try Self.start(seed: seed)
    var whole = try Self.walk(fresh, seed: seed)
    try whole.finish()
    try Self.retry(&whole, seed: seed)
    let actions = try Fixtures.context().actions

    for cut in 0...whole.journal.count {
      let texts = whole.journal.prefix(cut).map(\.value.json)
      let entries = try texts.map { try #require(JournalEntry(value: JSONValue(parsing: $0))) }
      var rest = try Self.walk(fresh, seed: seed)
      try rest.run.restore(journal: entries) { actions[$0]?.setsContact }
      rest.now = cut < whole.clock.count ? whole.clock[cut] : whole.now
      try rest.finish()
      if cut < whole.journal.count { try Self.retry(&rest, seed: seed) }
      #expect(rest.journal == Array(whole.journal.dropFirst(cut)), "cut at \(cut)")
      #expect(rest.calls == whole.calls.suffix(rest.calls.count), "cut at \(cut)")
      expectSame(rest.run, whole.run, "cut at \(cut)")
      // Only what goes to disk together is there after a crash, and an ended run stays as it is.
      guard let last = whole.recordings.firstIndex(where: { $0.entries == cut }),
        !whole.recordings[last].ends
      else { continue }
      rest.recordings += whole.recordings[...last]
      #expect(rest.tallies() == whole.tallies(), "cut at \(cut)")
    }
  }

  private func expectSame(_ one: RunProgress, _ other: RunProgress, _ comment: Comment) {
    #expect(one.end == other.end, comment)
    #expect(one.saved == other.saved, comment)
    #expect(one.actions == other.actions, comment)
    #expect(one.steps == other.steps, comment)
    #expect(one.contact == other.contact, comment)
    #expect(one.position == other.position, comment)
    #expect(one.retries == other.retries, comment)
  }

  @Test func `the connectors of the seeds have every kind of entry`() throws {
    var kinds: Set<JournalKind> = []
    var taken: Set<String> = []
    for seed in UInt64(1)...120 {
      var walk = try Self.walk(try Self.start(seed: seed), seed: seed)
      try walk.finish()
      try Self.retry(&walk, seed: seed)
      kinds.formUnion(walk.journal.map(\.kind))
      for entry in walk.journal {
        switch entry.taken {
        case .goto: taken.insert("goto")
        case .action: taken.insert("action \(entry.path.count)")
        default: break
        }
      }
    }
    #expect(kinds == Set(JournalKind.allCases).subtracting([.cancel]))
    #expect(taken == ["goto", "action 0", "action 1"])
  }

  @Test(arguments: 1...120)
  func `each entry into a step is counted, and how the run left it`(seed: UInt64) throws {
    var walk = try Self.walk(try Self.start(seed: seed), seed: seed)
    try walk.finish()
    for (step, tally) in walk.tallies() {
      #expect(tally.entered == 1, "\(step)")
      #expect(tally.passed == tally.succeeded + tally.failed, "\(step)")
      #expect(tally.filtered + tally.passed == 1, "\(step)")
      switch walk.run.steps[step] {
      case .passed: #expect(tally.succeeded == 1, "\(step)")
      case .filtered: #expect(tally.filtered == 1, "\(step)")
      case .failed: #expect(tally.failed == 1, "\(step)")
      default: break
      }
    }
    let counted = Set(walk.tallies().keys)
    let entered = Set(walk.run.steps.filter { $0.value != .skipped }.keys)
    #expect(counted == entered)
  }

  @Test func `a journal of another connector is refused`() throws {
    var run = try Fixtures.progress(
      steps: #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask"}}]}]"#,
      event: [:])
    let entry = JournalEntry(step: "s", component: "b", kind: .action, status: .succeeded)
    let error = #expect(throws: PipelineError.self) { try run.restore(journal: [entry]) }
    #expect(error?.code == "journal_mismatch")
  }

  @Test func `a journal line that is none of ours is nothing`() {
    for value: JSONValue in [.null, 5, [], [:], ["step": "s"], ["step": 1, "component": 2]] {
      #expect(JournalEntry(value: value) == nil)
    }
  }
}

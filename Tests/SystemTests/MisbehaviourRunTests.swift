// SPDX-License-Identifier: Apache-2.0
// A whole host whose plugins do harm, and a thousand good runs beside each harm, through calls of
// the very plugins among others.
import Glibc
import TestKit
import Testing
import Values

@Suite(.serialized, .timeLimit(.minutes(20))) struct MisbehaviourRunTests {
  /// Sins that go on at the same time, each a plugin's of its own.
  struct Group: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sins: [String]
  }

  static let groups = [
    Group(testDescription: "what never ends", sins: ["loop", "freeze", "threads", "oversleep"]),
    Group(
      testDescription: "what ends its worker",
      sins: ["crash", "abort", "exit", "overflow", "overwrite"]),
    Group(
      testDescription: "what takes all there is, or speaks nonsense",
      sins: ["allocate", "fork", "flood", "close", "garbage"]),
    Group(
      testDescription: "what would leave its worker",
      sins: ["socket", "passwd", "ptrace", "signal", "constructor"]),
  ]

  /// These are refused, so that their calls return.
  static let refused: Set = ["fork", "socket", "passwd", "ptrace", "signal"]
  /// This plugin leaves a thread behind while it is loaded: nobody calls it.
  static let unloadable = "constructor"

  static let goodRuns = 1_000
  /// So many times, over all of the good runs, each sin is committed anew, once for each processor of
  /// a small machine.
  static let rounds = 5

  @Test(arguments: groups)
  func `while plugins do harm a thousand runs beside it succeed`(_ group: Group) throws {
    let world = try World(group)
    for number in 0..<Self.goodRuns {
      if number.isMultiple(of: Self.goodRuns / Self.rounds) { try world.sin() }
      try world.postGood(number)
    }
    try poll(within: .seconds(300), for: "the end of all runs") {
      try world.count("finished_at IS NULL") == 0 ? () : nil
    }

    let bad = try world.connector("bad")
    let good = try world.connector("good")
    for run in try world.ids("connector = \(good) AND state <> 'succeeded'").prefix(3) {
      Issue.record("a good run ended otherwise: \(try world.keeper.show(run))")
    }
    #expect(try world.count("connector = \(good) AND state = 'succeeded'") == Self.goodRuns)
    #expect(try world.count("mark IS NOT NULL") == 0, "none is unknown")
    // The sins were committed: what is refused returns, the rest is charged.
    let expected = group.sins.filter { Self.refused.contains($0) }.count * Self.rounds * 2
    let all = group.sins.count * Self.rounds * 2
    #expect(try world.count("connector = \(bad)") == all)
    let returned = try world.count("connector = \(bad) AND state = 'succeeded'")
    // One that floods the log may be through with it in time.
    let atMost = expected + (group.sins.contains("flood") ? Self.rounds * 2 : 0)
    #expect((expected...atMost).contains(returned), "\(returned) sins returned")
    #expect(world.host.process.isRunning)
    try world.host.stop()
  }

  /// A host with the echo and a plugin for each sin of a group.
  struct World {
    let keeper = Operator()
    let host: ServedHost
    private let group: Group
    private let plugins: [FixturePlugin]
    private let goodURL: String
    private let badURL: String

    init(_ group: Group) throws {
      self.group = group
      let echo = try FixturePlugin("echo")
      let sinful = try group.sins.map { sin in
        sin == unloadable
          ? try FixturePlugin("thread_left") : try FixturePlugin("misbehaves", as: Self.plugin(of: sin))
      }
      plugins = [echo] + sinful
      host = try ServedHost(
        keeper,
        plugins: [["id": "listener"]] + plugins.map { ["path": .text($0.folder.path)] },
        graceSeconds: 1)
      // A breaker is another test's: here it would only keep the good ones waiting.
      var policies = JSONObject()
      let ids = group.sins.map(Self.plugin(of:))
      for id in ["echo"] + ids {
        policies[id] = ["policy": ["breaker": ["opens_after": 1_000]]]
      }
      try keeper.apply(
        project: [
          "format": 1, "name": .text(Document.project), "plugins": .object(policies),
        ])
      let callable = group.sins.filter { $0 != unloadable }
      goodURL = try keeper.apply(
        connector: Self.connector(
          "good", of: ["echo.run"] + callable.map { "\(Self.plugin(of: $0)).run" }, with: ["n": "{{event.n}}"],
          policy: ["timeout": "60 s", "retry": ["attempts": 20, "first_wait": "100 ms"]]))
      badURL = try keeper.apply(
        connector: Self.connector(
          "bad", of: ids.map { "\($0).run" }, with: ["sin": "{{event.sin}}"],
          policy: ["timeout": "1 s", "retry": ["attempts": 1]]))
    }

    /// The id of the plugin that commits it.
    private static func plugin(of sin: String) -> String {
      sin == unloadable ? "thread_left" : "sin_\(sin)"
    }

    /// One action of each plugin, of which the event names one, or of a good run the echo and one.
    private static func connector(
      _ name: String, of actions: [String], with parameters: JSONValue, policy: JSONObject
    ) -> JSONValue {
      let components = actions.map { action -> JSONValue in
        var more = policy
        if action != "echo.run" {
          more["if"] = [
            "left": "{{event.use}}", "type": "text", "op": "is", "right": .text(action),
          ]
        }
        let id = String(action.dropLast(".run".count))
        return Document.action(id, action, with: parameters, more)
      }
      return [
        "format": 1, "project": .text(Document.project), "name": .text(name),
        "trigger": ["webhook": [:]], "steps": [["id": "only", "components": .list(components)]],
      ]
    }

    /// Commits each sin of the group once for each processor of a small machine.
    func sin() throws {
      for _ in 0..<2 {
        for sin in group.sins {
          _ = try host.post(
            ["sin": .text(sin), "use": .text("\(Self.plugin(of: sin)).run")], to: badURL)
        }
      }
    }

    func postGood(_ number: Int) throws {
      let callable = group.sins.filter { $0 != unloadable }
      let sin = callable[number % callable.count]
      _ = try host.post(
        ["n": .integer(Int64(number)), "use": .text("\(Self.plugin(of: sin)).run")], to: goodURL)
    }

    func connector(_ name: String) throws -> Int {
      try #require(Int(try keeper.sql("SELECT id FROM connector WHERE name = '\(name)'")))
    }

    func count(_ condition: String) throws -> Int {
      Int(try keeper.sql("SELECT count(*) FROM run WHERE \(condition)")) ?? -1
    }

    func ids(_ condition: String) throws -> [Int64] {
      try keeper.sql("SELECT group_concat(id) FROM run WHERE \(condition)").split(separator: ",")
        .compactMap { Int64($0) }
    }
  }
}

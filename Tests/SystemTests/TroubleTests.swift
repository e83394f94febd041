// SPDX-License-Identifier: Apache-2.0
// A disk that is full, a database that others hold, a clock that was set back.
import Glibc
import TestKit
import Testing
import Values

@Suite struct TroubleTests {
  // MARK: a full disk

  @Test(.enabled(if: MountNamespace.isPossible, "\(MountNamespace.whatIsMissing)"))
  func `on a small disk that is full events are refused, none acknowledged is lost, and it heals`()
    throws
  {
    let keeper = Operator()
    let mounted = keeper.folder.file("mounted")
    mkdir(mounted, 0o700)
    let process = try MountNamespace.start(
      #"mount -t tmpfs -o size=6m,mode=700 tmpfs "$1" && exec "$0" serve --port 0 --data "$1""#,
      [BuiltProducts.program("jackfield"), mounted])
    _ = try process.waitForLine { $0.contains("listening on http") }
    // Seen from outside, the file system lies below the process that lives in it.
    try #require(symlink("/proc/\(process.pid)/root\(mounted)", keeper.folder.path) == 0)

    try fillAndHeal(
      keeper, process, fill: {},
      heal: {
        try MountNamespace.run(in: process, ["mount", "-o", "remount,size=256m", mounted])
      })
  }

  @Test func `over a limit of files events are refused, none acknowledged is lost, and it heals`()
    throws
  {
    let keeper = Operator()
    let process = try FileLimit.serve(keeper)
    try fillAndHeal(
      keeper, process, fill: { try FileLimit.set(2_000_000, of: process) },
      heal: { try FileLimit.set(nil, of: process) })
  }

  /// Posts events until one is refused, makes room again, and compares.
  private func fillAndHeal(
    _ keeper: Operator, _ process: Subprocess, fill: () throws -> Void, heal: () throws -> Void
  ) throws {
    try keeper.apply(project: Document.project())
    let url = try keeper.apply(
      connector: Document.connector("rows", Document.row("{{event.key}}")))
    let filling = String(repeating: "x", count: 60_000)
    var accepted: Set<String> = []
    func post(_ number: Int) throws -> Int {
      let event: JSONValue = ["key": .text("k\(number)"), "filling": .text(filling)]
      let answer = try WebRequest(url, body: event.json).send()
      if answer.status == 202 { accepted.insert("k\(number)") }
      return answer.status
    }
    // The plugin's image is read before: its copy in memory is a file too.
    #expect(try post(20_000) == 202)
    try waitForEnds(keeper)
    try fill()
    var refused = 202
    for number in 0..<2_000 where refused == 202 { refused = try post(number) }
    #expect([500, 503].contains(refused), "202: the disk never ran full")
    #expect(process.isRunning)

    try heal()
    try poll(within: .seconds(60), for: "an event to be taken again") {
      try post(10_000) == 202 ? () : nil
    }
    try waitForEnds(keeper)
    let rows = try keeper.keys()
    #expect(accepted.subtracting(rows).isEmpty, "lost: \(accepted.subtracting(rows))")
    #expect(Set(rows).count == rows.count, "each once")
    #expect(try keeper.runs().filter { $0.state != "succeeded" }.isEmpty)
    #expect(try keeper.command(["doctor"]).output.contains("every page is sound"))
    Glibc.kill(process.pid, SIGTERM)
    #expect(try process.wait(timeout: .seconds(30)).isSuccess)
  }

  /// Waits until no run is open, and says of one that stays open why it does.
  private func waitForEnds(_ keeper: Operator) throws {
    do {
      try poll(within: .seconds(90), for: "all runs to end") {
        try keeper.runs().allSatisfy(\.isFinished) ? () : nil
      }
    } catch let failure as WebFailure {
      let open = try keeper.runs().filter { !$0.isFinished }
      let reasons = try open.map { try keeper.command("runs", "explain", String($0.id)) }
      throw WebFailure(description: "\(failure): \(reasons)")
    }
  }

  // MARK: a database that is held

  @Test func `an event waits while another process holds the database, and is not lost`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: Document.connector("rows", Document.row("held")))
    let script = """
      import sqlite3, sys, time
      c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
      c.execute("BEGIN IMMEDIATE")
      print("held", flush=True)
      time.sleep(2)
      c.execute("ROLLBACK")
      print("free", flush=True)
      """
    let holder = try Subprocess(
      PythonServer.python, ["-c", script, keeper.folder.path + "/main.db"])
    try holder.waitForLine { $0 == "held" }

    let request = WebRequest(url, body: "{}")
    let sender = try WebConnection(port: request.port)
    sender.send(request.head + request.body)
    let answer = try sender.answer()
    #expect(holder.output.contains("free"), "it was answered before it was on disk")
    #expect(answer.status == 202, "\(answer)")
    let receipt = try JSONValue(parsing: answer.body)
    let run = try #require(
      receipt["run"]?.asInteger ?? receipt["run"]?.asText.flatMap { Int64($0) })
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    #expect(try keeper.keys() == ["held"])
    try host.stop()
  }

  // MARK: a clock that was set back

  /// To a host, a clock that was set back by an hour while it was down is a database whose every
  /// time is an hour ahead.
  @Test func `runs go on after the clock was set back, and no breaker stays open for the hour`()
    throws
  {
    let world = try KillTests.World(graceSeconds: 1)
    let run = try world.postAndWaitForRequest("GET")
    try world.host.stop()
    let hour = 3_600_000
    _ = try world.keeper.sql(
      "UPDATE run SET started_at = started_at + \(hour), updated_at = updated_at + \(hour)")
    _ = try world.keeper.sql("UPDATE event SET received_at = received_at + \(hour)")
    // Its own wait of a second is all that may be left of it.
    _ = try world.keeper.sql(
      "INSERT OR REPLACE INTO engine_state VALUES ('gates', json_object('buckets', json_array(), "
        + "'breakers', json_array(json_object('project', 't', 'plugin', 'http', 'until_ms', "
        + "strftime('%s', 'now') * 1000 + \(hour), 'back_off_ms', 1000))), 1)")

    let second = try ServedHost(world.keeper)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view.state == "succeeded" && view["call"].status == "succeeded", "\(view)")
    let status = try world.keeper.json("status", "--free", "0")
    #expect(status["ok"] == true, "\(status)")
    try second.stop()
  }
}

// SPDX-License-Identifier: Apache-2.0
// Very many delays: some that cannot be read back, and all that are cancelled at once.
import TestKit
import Testing
import Values

@Suite struct ManyDelaysTests {
  /// A served project with one run that waits for an hour, and a host that has stopped.
  private func sleeper() throws -> (keeper: Operator, run: Int64) {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let connector = Document.connector(
      "later",
      ["delay": ["id": "wait", "amount": "1 h", "identifier": "all"]], Document.row("{{event.k}}"))
    try keeper.apply(connector: connector)
    let host = try ServedHost(keeper)
    let run = try host.post(["k": "x"], to: keeper.url(of: "later"))
    try poll(for: "the delay") { try keeper.show(run).state == "waiting" ? () : nil }
    try host.stop()
    return (keeper, run)
  }

  @Test func `runs that cannot be read back hide no due run behind them, and status counts them`()
    throws
  {
    let (keeper, run) = try sleeper()
    try keeper.copies(of: run, 600, dueAt: 1_000, journal: "garbage")
    _ = try keeper.sql("UPDATE run SET due_at = 2000 WHERE id = \(run)")
    let host = try ServedHost(keeper)
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    let status = try keeper.command(["status", "--json"])
    let problems = try JSONValue(parsing: status.output)["problems"]?.asList ?? []
    #expect(problems.map { $0["code"] } == ["runs_unreadable"], "\(status.output)")
    #expect(problems.first?["message"]?.asText?.hasPrefix("600 runs") == true, "\(problems)")
    let first = run + 1
    let why = try keeper.json("runs", "explain", String(first))
    #expect(why["reason"] == "unreadable", "\(why)")
    try keeper.command("runs", "cancel", String(first))
    #expect(try keeper.command(["status"]).output.contains("599 runs"))
    try host.stop()
  }

  @Test(arguments: [false, true])
  func `delays are cancelled in parts until none is left`(isServed: Bool) throws {
    let (keeper, run) = try sleeper()
    try keeper.copies(of: run, 600, dueAt: 9_000_000_000_000, journal: nil)
    let host = isServed ? try ServedHost(keeper) : nil
    let done = try keeper.json("delay", "cancel", "later", "all")
    #expect(done["runs"]?.asList?.count == 601, "\(done)")
    #expect(try keeper.sql("SELECT count(*) FROM run WHERE state = 'cancelled'") == "601")
    #expect(try keeper.sql("SELECT count(*) FROM delay") == "0")
    #expect(try keeper.json("delay", "cancel", "later", "all")["runs"]?.asList == [])
    try host?.stop()
  }
}

extension Operator {
  /// Copies a waiting run, while nobody has the folder open.
  ///
  /// - Parameter journal: what stands in place of what it did; nil for the same.
  func copies(of run: Int64, _ count: Int, dueAt: Int64, journal: String?) throws {
    let columns = try sql("SELECT group_concat(name) FROM pragma_table_info('run')")
      .split(separator: ",").map(String.init).filter { $0 != "id" && $0 != "due_at" }
      .joined(separator: ",")
    let numbers =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) "
    _ = try sql(
      "INSERT INTO run (due_at, \(columns)) \(numbers) SELECT \(dueAt), \(columns) FROM run, n "
        + "WHERE id = \(run)")
    _ = try sql(
      "INSERT INTO event SELECT run.id, event.body, event.contact_seed, event.received_at "
        + "FROM run, event WHERE event.run = \(run) AND run.id > \(run)")
    let entry = journal.map { "'\($0)'" } ?? "journal.entry"
    _ = try sql(
      "INSERT INTO journal (run, seq, entry, started_ms, duration_ms) SELECT run.id, journal.seq, "
        + "\(entry), journal.started_ms, journal.duration_ms FROM run, journal "
        + "WHERE journal.run = \(run) AND run.id > \(run)")
    _ = try sql(
      "INSERT INTO delay SELECT delay.connector, delay.identifier, run.id FROM run, delay "
        + "WHERE delay.run = \(run) AND run.id > \(run)")
  }
}

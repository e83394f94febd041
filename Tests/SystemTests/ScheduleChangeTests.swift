// SPDX-License-Identifier: Apache-2.0
// What a schedule owes after its connector was changed or switched off.
import TestKit
import Testing
import Values

@Suite struct ScheduleChangeTests {
  private let keeper = Operator()

  init() throws { try keeper.apply(project: Document.project()) }

  /// Fires on the first of January: not while a test runs, except for what it owes.
  private func connector(
    _ name: String, cron: String = "0 0 1 1 *", title: String = "a"
  ) throws -> JSONValue {
    let row = Document.row("{{connector.name}}")
    var document = try #require(Document.connector(name, row).asObject)
    document["title"] = .text(title)
    document["trigger"] = ["schedule": ["cron": .text(cron)]]
    return .object(document)
  }

  private func sql(_ statement: String) throws -> String {
    let script = """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1])
      print(connection.execute(sys.argv[2]).fetchall())
      connection.commit()
      """
    let result = try Subprocess.run(
      PythonServer.python, ["-c", script, keeper.folder.path + "/main.db", statement])
    try #require(result.isSuccess, "\(result.errors)")
    return result.output
  }

  @Test func `what a schedule owes is made up for unless it was switched off or is another now`()
    throws
  {
    let names = ["kept", "moved", "off", "reverted", "titled"]
    for name in names { try keeper.apply(connector: connector(name)) }
    try keeper.apply(connector: connector("reverted", cron: "0 0 2 1 *"))
    let first = try ServedHost(keeper)
    _ = try poll(for: "five due times") {
      try sql("SELECT count(*) FROM schedule").contains("5") ? () : nil
    }
    try first.stop()
    // Owed is the first of January 2026; what is changed next stands before the rest, so that it
    // would have fired by the time they have.
    _ = try sql("UPDATE schedule SET due_at = 1767225600000")
    _ = try sql(
      "UPDATE schedule SET due_at = 1735689600000 WHERE connector IN "
        + "(SELECT id FROM connector WHERE name IN ('moved', 'off', 'reverted'))")

    try keeper.apply(connector: connector("moved", cron: "0 0 2 1 *"))
    try keeper.apply(connector: connector("titled", title: "b"))
    try keeper.command("connector", "disable", "off")
    try keeper.command("connector", "enable", "off")
    try keeper.command("connector", "rollback", "reverted", "1")
    try keeper.command("connector", "enable", "kept")
    let second = try ServedHost(keeper)
    let fired = try poll(for: "the runs that are owed") { () -> [RunView]? in
      let runs = try keeper.runs()
      return runs.filter(\.isFinished).count >= 2 ? runs : nil
    }
    #expect(fired.compactMap { $0.value["connector"]?.asText }.sorted() == ["kept", "titled"])
    let due = try sql("SELECT count(*) FROM schedule WHERE due_at > 1793000000000")
    #expect(due.contains("5"), "all are due at their next time: \(due)")
    try second.stop()
  }
}

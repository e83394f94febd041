// SPDX-License-Identifier: Apache-2.0
// What an operator reads: each word of it is true, and says what to type.
import TestKit
import Testing
import Values

@Suite struct OperatorWordsTests {
  @Test func `who does not know the words is shown them`() throws {
    let program = BuiltProducts.program("jackfield")
    let help = try Subprocess.run(program, ["delay", "--help"])
    #expect(help.isSuccess && help.output.contains("delay move RUN TIME"), "\(help)")
    #expect(help.output.split(separator: "\n").count == 3, "of no others: \(help.output)")
    for (words, hint) in [
      (["--data", "x", "runs", "list"], "a command comes first"), (["zzz"], "jackfield --help"),
      (["dely", "list"], "did you mean \"delay\"?"),
    ] {
      let result = try Subprocess.run(program, words)
      #expect(result.status == .exited(2) && result.errors.contains(hint), "\(result.errors)")
    }
  }

  @Test func `a run that cannot be retried is not promised to go on by a dry run either`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let (view, _) = try keeper.run(Document.connector("rows", Document.row("x")))
    for more: [String] in [[], ["--dry-run"]] {
      let result = try keeper.command(["runs", "retry", String(view.id)] + more)
      #expect(result.status == .exited(1), "\(more): \(result.output)")
      #expect(result.errors.contains("succeeded, there is nothing to go on from"), "\(result.errors)")
      #expect(result.errors.contains("--elements STEP"), "what to type: \(result.errors)")
    }
    _ = try keeper.sql("UPDATE run SET state = 'ready', finished_at = NULL")
    let result = try keeper.command(["runs", "retry", String(view.id), "--dry-run"])
    #expect(result.errors.contains("is ready and has not ended"), "\(result.errors)")
  }

  @Test func `a connector that no request starts shows what starts it, and no URL`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let file = keeper.write(
      Document.connector(
        "nightly", ["trigger": ["schedule": ["cron": "0 3 * * *"]]],
        steps: Document.step("a", Document.row("x"))), to: "nightly.json")
    for words in [["apply", file], ["show", "nightly"], ["list"]] {
      let shown = try keeper.command(["connector"] + words)
      #expect(shown.isSuccess && shown.output.contains("schedule"), "\(shown)")
      #expect(!shown.output.contains("/in/"), "it would answer 404: \(shown.output)")
    }
    #expect(try keeper.json("connector", "show", "nightly")["url"] == nil)
    try keeper.apply(connector: Document.connector("hook", Document.row("x")))
    #expect(try keeper.command("connector", "show", "hook").contains("/in/"))
  }

  @Test func `what the check says of a missing secret is a whole command`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let hook = Document.connector(
      "hook", webhook: ["auth": [["scheme": "bearer", "secret": "token"]]], Document.row("x"))
    let file = keeper.write(hook, to: "hook.json")
    let refused = try keeper.command(["connector", "check", file])
    let command = "credential set token --kind secret --project t"
    #expect(refused.errors.contains(command) || refused.output.contains(command), "\(refused)")
    _ = try keeper.command(command.split(separator: " ").map(String.init), input: "s3cret\n")
    #expect(try keeper.command(["connector", "check", file]).isSuccess)

    let without = try keeper.command(["credential", "set", "token"])
    #expect(without.errors.contains("secret") && without.errors.contains("mail"), "\(without)")
  }

  @Test func `plugin show prints each part of the policy in force with its origin`() throws {
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: [
        "http": ["policy": ["rate": ["calls": 3, "per": "1 min"], "concurrency": 2]]
      ]))
    let lines = try keeper.command("plugin", "show", "http").split(separator: "\n")
    for (name, value, origin) in [
      ("timeout ", "1 min", "manifest"), ("rate", "3 in 1 min", "project"),
      ("concurrency", "2", "project"), ("attempts", "3", "host"), ("fallback", "stop", "host"),
      ("breaker", "after", "host"), ("when disabled", "fail", "host"),
    ] {
      let line = lines.first { $0.hasPrefix("  " + name) } ?? ""
      #expect(line.contains(value) && line.hasSuffix(origin), "\(name): \(lines)")
    }
  }

  @Test func `a moved delay says until when it waits now, or that its time has passed`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let (view, _) = try keeper.run(
      Document.connector("sleeps", Document.delay("nap", ["amount": "1 h"]), Document.row("x")))
    let run = String(view.id)
    let later = try keeper.command("delay", "move", run, "2999-01-02T03:04:05Z")
    #expect(later.contains("run \(run) waits until 2999-01-02T03:04:05"), "\(later)")
    let past = try keeper.command("delay", "move", run, "2020-01-02T03:04:05Z")
    #expect(past.contains("has passed: run \(run) goes on now"), "\(past)")
  }

  @Test func `the timeline of a loop says which element each line is about`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let loop = Document.connector(
      "loop", [:],
      steps: Document.step("each", forEach: ["in": "{{event.list}}"], Document.row("{{item}}")))
    let (view, _) = try keeper.run(loop, event: ["list": ["x", "y"]])
    let shown = try keeper.command("runs", "show", String(view.id))
    #expect(shown.contains("each / row[0]") && shown.contains("each / row[1]"), "\(shown)")
  }
}

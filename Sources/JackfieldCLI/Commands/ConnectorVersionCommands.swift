// SPDX-License-Identifier: Apache-2.0
// connector diff | rollback | delete
import Jackfield
import Values

/// Commands about the versions of a connector, and its end.
enum ConnectorVersionCommands {
  static let all = [
    Command(
      "connector diff",
      "Shows what differs between two versions, or between what is applied and a file.",
      operands: ["NAME|FILE"], files: [0],
      options: [
        Option("from", "V", help: "the older version (the one before --to)"),
        Option("to", "V", help: "the newer version (the current one)"),
        Option("exit-code", help: "exit code 1 when they differ (0 whether or not)"),
      ]
    ) { context in try diff(context) },
    Command(
      "connector rollback",
      "Checks a version and makes it the one that new runs take; others stay on theirs.",
      operands: ["NAME", "VERSION"]
    ) { context in
      let report = try context.theHost.rollbackConnector(
        context.arguments.operands[0], to: try version(context.arguments.operands[1]),
        project: context.project())
      return ConnectorCommands.show(report, context) {
        guard let changed = report.stored else { return }
        context.console.line("\(changed.name) v\(changed.version) is current")
      }
    },
    Command(
      "connector delete",
      "Deletes a connector: its URL answers 410 for good; its runs stay and go on.",
      operands: ["NAME"], options: [Option("yes", help: "do not ask")]
    ) { context in try delete(context) },
  ]

  private static func diff(_ context: CommandContext) throws -> ExitCode {
    let operand = context.arguments.operands[0]
    let from = try context.arguments["from"].map(version)
    let to = try context.arguments["to"].map(version)
    let comparison: DocumentComparison
    if let bytes = context.files[operand] {
      guard from == nil, to == nil else {
        throw UsageError("--from and --to compare versions: name a connector, not a file")
      }
      comparison = try context.theHost.compareApplied(
        with: bytes, file: operand, project: context.arguments["project"])
    } else {
      comparison = try context.theHost.compareVersions(
        of: operand, project: context.project(), from: from, to: to)
    }
    let differs = !comparison.lines.isEmpty && context.arguments.has("exit-code")
    if context.wantsJSON {
      context.console.line(comparison.value.json)
      return differs ? .failed : .succeeded
    }
    context.console.line("\(comparison.connector) \(comparison.old) → \(comparison.new)")
    for line in comparison.lines { context.console.line("  \(line)") }
    if comparison.lines.isEmpty { context.console.line("  no difference") }
    return differs ? .failed : .succeeded
  }

  private static func delete(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    let project = try context.project()
    let senders = try context.theHost.connectorsRouting(to: name, project: project)
    if !context.arguments.has("yes") {
      guard context.console.isTerminal else {
        throw UsageError("connector delete asks first: without a terminal it takes --yes")
      }
      if !senders.isEmpty {
        context.console.writeError("\(senders.joined(separator: ", ")) route to it\n")
      }
      let answer = context.console.ask(
        "Delete \(name) of \(project), and its URL for good? y or n: ", isSecret: false)
      guard ["y", "yes"].contains(answer?.lowercased() ?? "") else {
        throw CommandError("\(name) stays")
      }
    }
    try context.theHost.deleteConnector(name, project: project)
    if context.wantsJSON {
      let value: JSONValue = [
        "deleted": .text(name), "routed_to_by": .list(senders.map { .text($0) }),
      ]
      context.console.line(value.json)
      return .succeeded
    }
    context.console.line("\(name) deleted")
    if !senders.isEmpty {
      context.console.line("still routed to by \(senders.joined(separator: ", "))")
    }
    return .succeeded
  }

  /// `3` or `v3`.
  private static func version(_ text: String) throws(UsageError) -> Int64 {
    guard let number = Int64(text.hasPrefix("v") ? text.dropFirst() : text[...]), number > 0 else {
      throw UsageError(
        "a version is a number as connector show --versions lists them, not \"\(text)\"")
    }
    return number
  }
}

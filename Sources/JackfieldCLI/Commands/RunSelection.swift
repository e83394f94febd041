// SPDX-License-Identifier: Apache-2.0
// Which runs a command is about.
import Jackfield

/// The runs of a command line: one by its number, or many by what they have in common.
enum RunSelection {
  /// Runs of one command at most: more would hide what is done.
  static let limit = 1_000

  static let options = [
    Option("connector", "NAME", help: "only of this connector"),
    Option("state", "STATE", help: "only in this state"),
    Option("contact", "ID", help: "only about this contact"),
    Option("where", "PATH=VALUE", repeats: true, help: "only with this value: event.lead_id=7"),
    Option("since", "AGO", help: "only started within this time, like \"2 h\""),
  ]

  /// What the options say.
  ///
  /// - Throws: `UsageError`.
  static func filter(_ context: CommandContext) throws -> RunFilter {
    let arguments = context.arguments
    var filter = RunFilter()
    filter.connector = arguments["connector"]
    filter.state = arguments["state"]
    filter.contact = arguments["contact"]
    filter.conditions = try arguments.all("where").map { text in
      guard let split = text.firstIndex(of: "="), split > text.startIndex else {
        throw UsageError("--where takes PATH=VALUE, like event.lead_id=7, not \"\(text)\"")
      }
      return (String(text[..<split]), String(text[text.index(after: split)...]))
    }
    if let since = arguments["since"] {
      filter.since = Host.now() - (try RunsCommands.milliseconds(since, of: "since"))
    }
    return filter
  }

  /// The runs a command is to change: the one that is named, or all that the options find.
  ///
  /// - Parameter state: what state is meant where none is named.
  static func ids(_ context: CommandContext, state: String?) throws -> [Int64] {
    if !context.arguments.operands.isEmpty { return [try context.runID(0)] }
    var filter = try filter(context)
    guard !filter.isEmpty else {
      throw UsageError("name a run, or say which with --connector, --where, --state, --since …")
    }
    if filter.state == nil { filter.state = state }
    filter.limit = limit
    return try context.theHost.runs(project: context.project(), filter).map(\.id)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Every command there is.
import Pipeline

/// The commands, and how one is found.
enum CommandTable {
  static let all: [Command] =
    [ServeCommand.command, RunDraftCommand.command] + ProjectCommands.all + ConnectorCommands.all
    + ConnectorStateCommands.all + ConnectorVersionCommands.all + ConnectorDocumentCommands.all
    + ConnectorResponseCommands.all + RunsCommands.all + RunChangeCommands.all
    + DelayCommands.all + PluginCommands.all + PluginInstallCommands.all
    + [PluginCheckCommand.command] + OperationCommands.all + AlertCommands.all
    + ActionCommands.all + CredentialCommands.all + [RaiseCommand.command, TortureCommand.command]

  /// The command whose words begin the line.
  ///
  /// - Throws: `UsageError` with the nearest one.
  static func command(_ words: [String]) throws(UsageError) -> Command {
    if let found = all.first(where: { words.starts(with: $0.words) }) { return found }
    let group = all.filter { $0.words[0] == words[0] }
    guard group.isEmpty else {
      let names = group.compactMap { $0.words.dropFirst().first }
      guard words.count > 1, !words[1].hasPrefix("-") else {
        throw UsageError("\(words[0]) takes one of: \(names.joined(separator: ", "))")
      }
      let near = Suggestion.text(for: words[1], among: names)
      throw UsageError("unknown command \"\(words[0]) \(words[1])\"\(near)")
    }
    let near = Suggestion.text(for: words[0], among: Set(all.map { $0.words[0] }).sorted())
    throw UsageError("unknown command \"\(words[0])\"\(near)")
  }

  static var overview: String {
    var text = """
      jackfield runs connectors: an event comes in, steps filter and act.

      jackfield COMMAND [--data DIR] [--project P] [--json] [--help]


      """
    for command in all {
      let name = ([command.name] + command.operands.map { $0.hasSuffix("?") ? "[\($0.dropLast())]" : $0 })
        .joined(separator: " ")
      text += "  " + name.padded(to: 34) + command.summary + "\n"
    }
    return text
  }
}

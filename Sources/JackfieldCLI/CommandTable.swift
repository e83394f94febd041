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
    + [PluginCheckCommand.command] + PluginReplayCommand.all + OperationCommands.all + AlertCommands.all
    + ActionCommands.all + [ActionTryCommand.command] + CredentialCommands.all + ChannelCommands.all
    + MediaCommands.all
    + [RaiseCommand.command, TortureCommand.command]

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
    guard !words[0].hasPrefix("-") else {
      throw UsageError("a command comes first, then its options: jackfield COMMAND \(words[0])")
    }
    let near = Suggestion.nearest(to: words[0], among: Set(all.map { $0.words[0] }).sorted())
    let hint = near.map { "did you mean \"\($0)\"?" } ?? "jackfield --help lists them"
    throw UsageError("unknown command \"\(words[0])\": \(hint)")
  }

  /// The help of `jackfield connector --help`; nil where no commands begin so, or only one does.
  static func overview(of words: [String]) -> String? {
    guard words.count == 2, ["--help", "-h", "help"].contains(words[1]) else { return nil }
    let group = all.filter { $0.words.count > 1 && $0.words[0] == words[0] }
    return group.isEmpty ? nil : group.map(line).joined()
  }

  static var overview: String {
    var text = """
      jackfield runs connectors: an event comes in, steps filter and act.

      jackfield COMMAND [--data DIR] [--project P] [--json] [--help]


      """
    for command in all { text += line(command) }
    return text
  }

  private static func line(_ command: Command) -> String {
    let operands = command.operands.map { $0.hasSuffix("?") ? "[\($0.dropLast())]" : $0 }
    let name = ([command.name] + operands).joined(separator: " ")
    return "  " + name.padded(to: 34) + command.summary + "\n"
  }
}

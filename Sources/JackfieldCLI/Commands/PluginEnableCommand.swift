// SPDX-License-Identifier: Apache-2.0
// plugin enable
import HostServices
import Jackfield
import Pipeline
import PluginHost
import Values

/// `plugin enable ID`: shows what is asked, records what is granted, and says what is missing.
enum PluginEnableCommand {
  static let command = Command(
    "plugin enable", "Lets the project's connectors use a plugin, and records what it may do.",
    operands: ["ID"],
    options: GrantText.options + [
      Option("version", "V", help: "a version that is installed; the project is held there")
    ], needAtTerminal: .everything
  ) { context in try run(context) }

  private static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.arguments.operands[0]
    let project = try context.project()
    let parts = try GrantText.wish(context.arguments)
    var wish = EnableWish()
    (wish.add, wish.takeBack) = (parts.add, parts.takeBack)
    wish.version = context.arguments["version"]
    if !context.wantsJSON { try showAsked(id, project, context) }
    let grants = try context.theHost.enablePlugin(id, project: project, wish)
    if context.wantsJSON {
      context.console.line(grants.value.json)
      return .succeeded
    }
    context.console.line("enabled \(id) for \(project), which grants it")
    context.console.write(GrantText.table(grants))
    guard !context.console.isTerminal else {
      return try PluginQuestions(id: id, project: project, context: context).run()
    }
    for line in try missing(id, project, context) { context.console.line(line) }
    return .succeeded
  }

  /// What the manifest asks for, before anything is granted.
  private static func showAsked(
    _ id: String, _ project: String, _ context: CommandContext
  ) throws {
    let plugin = try context.theHost.pluginSummary(id, project: project)
    let asked = plugin.manifest.grants
    var lines = asked.named.map(\.text)
    if asked.hosts.contains("*") { lines.append("hosts that you name") }
    lines += plugin.manifest.credentials.map { "a credential of kind \($0.kind)" }
    guard !lines.isEmpty else { return context.console.line("\(id) asks for nothing") }
    context.console.line("\(id) asks for")
    for line in lines { context.console.line("  \(line)") }
  }

  /// What is still missing, as the commands to type.
  private static func missing(
    _ id: String, _ project: String, _ context: CommandContext
  ) throws -> [String] {
    let plugin = try context.theHost.pluginSummary(id, project: project)
    let enable = "jackfield plugin enable \(id) --project \(project)"
    var lines = plugin.missing.map { "it is not granted \($0.text): \(enable) \($0.option)" }
    if plugin.grants.hosts.isEmpty && plugin.manifest.grants.hosts.contains("*") {
      lines.append("it may talk to no host yet: \(enable) --host HOST")
    }
    guard plugin.grants.credentials.isEmpty else { return lines }
    let known = try context.theHost.credentials(project: project)
    for kind in plugin.manifest.credentials {
      let names = known.filter { $0["kind"]?.asText == kind.kind }.compactMap { $0["name"]?.asText }
      // Its kind is as good a name as any for the first of them.
      let name = names.first ?? kind.kind
      let set =
        "jackfield credential set \(name) --kind \(kind.kind) --project \(project)"
        + kind.fields.filter { !$0.isSecret && $0.isRequired }.map {
          " --field \($0.name)=\($0.name.uppercased())"
        }.joined()
      lines.append(
        "it has no credential of kind \(kind.kind) yet: "
          + (names.isEmpty ? "\(set), then " : "") + "\(enable) --credential \(name)"
          + (kind.test == nil
            ? "" : ", then jackfield credential test \(name) --project \(project)"))
    }
    return lines
  }
}

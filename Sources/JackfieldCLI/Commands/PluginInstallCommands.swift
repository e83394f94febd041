// SPDX-License-Identifier: Apache-2.0
// plugin install | upgrade | approve | remove
import HostServices
import Jackfield
import Pipeline
import PluginHost
import Values

/// Commands that change which builds of a plugin there are, and which one a project uses.
enum PluginInstallCommands {
  static let all = [
    Command(
      "plugin install", "Copies a plugin into the data folder and locks its hashes.",
      operands: ["PATH"]
    ) { context in try install(context) },
    Command(
      "plugin upgrade", "Takes the project to another build of a plugin.",
      operands: ["ID", "PATH?"],
      options: [
        Option("version", "V", help: "this version, or these first letters of a hash"),
        Option("rollback", help: "the build installed before the one in use"),
        Option("major", help: "even where connectors in force may break"),
      ]
    ) { context in try upgrade(context) },
    Command(
      "plugin approve", "Grants what a plugin asks for and has not been granted.", operands: ["ID"]
    ) { context in try approve(context) },
    Command(
      "plugin remove", "Takes an installed plugin, or one version of it, out of the data folder.",
      operands: ["ID", "VERSION?"]
    ) { context in try remove(context) },
  ]

  private static func install(_ context: CommandContext) throws -> ExitCode {
    let path = context.console.path(context.arguments.operands[0])
    let report = try context.theHost.installPlugin(from: path)
    if context.wantsJSON {
      context.console.line(value(report).json)
    } else {
      show(report, context)
      if report.isNew, report.moves.isEmpty {
        context.console.line("to use it: jackfield plugin enable \(report.id)")
      }
    }
    return .succeeded
  }

  private static func upgrade(_ context: CommandContext) throws -> ExitCode {
    let (id, host) = (context.arguments.operands[0], context.theHost)
    let project = try context.project()
    let wish = try wish(context.arguments)
    if context.arguments.operands.count > 1 {
      let report = try host.installPlugin(from: context.console.path(context.arguments.operands[1]))
      guard report.id.rawValue == id else {
        throw CommandError(
          "\(context.arguments.operands[1]) is plugin \(report.id), not \(id): it is installed now, "
            + "jackfield plugin show \(report.id) says for whom")
      }
      if !context.wantsJSON { show(report, context) }
      // The install has moved the project already, or said why not.
      let own = report.moves.first { $0.project.rawValue == project }
      if let own, own.isMoved || !context.arguments.has("major") { return end(own, context) }
    }
    let move = try host.upgradePlugin(
      id, project: project, to: wish, mayBreak: context.arguments.has("major"))
    if !context.wantsJSON { show(move, context) }
    return end(move, context)
  }

  private static func wish(_ arguments: Arguments) throws(UsageError) -> UpgradeWish {
    let isBack = arguments.has("rollback")
    guard let version = arguments["version"] else { return isBack ? .previous : .current }
    guard !isBack else { throw UsageError("--rollback names a version already: leave one out") }
    return .named(version)
  }

  private static func approve(_ context: CommandContext) throws -> ExitCode {
    let id = context.arguments.operands[0]
    let project = try context.project()
    let (granted, move) = try context.theHost.approvePlugin(id, project: project)
    if context.wantsJSON {
      var value: JSONObject = ["granted": .list(granted.map { .text($0.text) })]
      if let move { value["move"] = move.value }
      context.console.line(JSONValue.object(value).json)
      return move?.isMoved ?? true ? .succeeded : .failed
    }
    for grant in granted { context.console.line("granted \(id) \(grant.text)") }
    if granted.isEmpty && move == nil {
      context.console.line("\(id) has all it asks for in \(project): nothing to approve")
    }
    if let move { show(move, context) }
    return move?.isMoved ?? true ? .succeeded : .failed
  }

  private static func remove(_ context: CommandContext) throws -> ExitCode {
    let operands = context.arguments.operands
    let gone = try context.theHost.removePlugin(
      operands[0], version: operands.count > 1 ? operands[1] : nil)
    if context.wantsJSON {
      let builds = gone.map { build -> JSONValue in
        ["version": .text(build.version), "hash": .text(build.hash)]
      }
      context.console.line(JSONValue.object(["removed": .list(builds)]).json)
    } else {
      for build in gone {
        context.console.line("removed \(operands[0]) \(build.version) (\(build.hash.prefix(12)))")
      }
    }
    return .succeeded
  }

  // MARK: what is shown

  private static func value(_ report: InstallReport) -> JSONValue {
    [
      "id": .text(report.id.rawValue), "version": .text(report.version),
      "hash": .text(report.hash), "new": .boolean(report.isNew),
      "put_back": .boolean(report.isPutBack),
      "current": .boolean(report.isCurrent), "projects": .list(report.moves.map(\.value)),
    ]
  }

  private static func show(_ report: InstallReport, _ context: CommandContext) {
    let build = "\(report.id) \(report.version) (\(report.hash.prefix(12)))"
    if report.isPutBack { return context.console.line("put \(build) back as it was locked") }
    guard report.isNew else {
      return context.console.line("\(build) is installed already, nothing changed")
    }
    context.console.line("installed \(build)")
    if !report.isCurrent {
      context.console.line(
        "a newer version stays current: jackfield plugin upgrade \(report.id) --version "
          + "\(report.version) takes a project to this one")
    }
    for move in report.moves { show(move, context) }
  }

  private static func show(_ move: PluginMove, _ context: CommandContext) {
    context.console.line(move.text)
    for line in move.warnings { context.console.writeError("jackfield: \(line)\n") }
  }

  private static func end(_ move: PluginMove, _ context: CommandContext) -> ExitCode {
    if context.wantsJSON { context.console.line(move.value.json) }
    return move.isMoved ? .succeeded : .failed
  }
}

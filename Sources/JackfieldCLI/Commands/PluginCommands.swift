// SPDX-License-Identifier: Apache-2.0
// plugin list | show | disable
import HostServices
import Jackfield
import Pipeline
import PluginHost
import Values

/// Commands about plugins.
enum PluginCommands {
  static let all = [
    Command("plugin list", "Lists the plugins of this host and what the project does with them.") {
      context in try list(context)
    },
    Command(
      "plugin show", "Shows a plugin: actions, grants, and the policy in force.", operands: ["ID"]
    ) { context in try show(context) },
    PluginEnableCommand.command,
    Command(
      "plugin disable", "Takes a plugin away from the project's connectors.", operands: ["ID"],
      options: [
        Option("runs", "wait|fall_back", help: "what runs do that come to it meanwhile")
      ]
    ) { context in try disable(context) },
  ]

  private static func list(_ context: CommandContext) throws -> ExitCode {
    let project = try context.project()
    let plugins = try context.theHost.pluginSummaries(project: project)
    let unreadable = context.theHost.brokenPlugins
    if context.wantsJSON {
      context.console.line(JSONValue.list(plugins.map(value) + unreadable.map(value)).json)
      return .succeeded
    }
    for plugin in plugins {
      let source = plugin.use.plugin.source.rawValue
      let hash = plugin.use.plugin.build.prefix(12)
      context.console.line(
        plugin.manifest.id.rawValue.padded(to: 20) + plugin.manifest.version.padded(to: 9)
          + state(plugin).padded(to: 12) + source.padded(to: 11) + "\(hash)".padded(to: 14)
          + plugin.manifest.title)
      let enabled = plugin.enabledFor.map(\.rawValue)
      if !enabled.isEmpty && enabled != [project] {
        context.console.line("    enabled for \(enabled.joined(separator: ", "))")
      }
      if plugin.isInside { context.console.line("    " + context.console.alarming(inside)) }
      for line in notes(plugin) { context.console.line("    \(line)") }
    }
    for broken in unreadable {
      context.console.line(
        (broken.id?.rawValue ?? "?").padded(to: 20) + "unusable: \(broken.folder)")
      for problem in broken.problems { context.console.line("    \(problem.message)") }
    }
    return .succeeded
  }

  private static func disable(_ context: CommandContext) throws -> ExitCode {
    let id = context.arguments.operands[0]
    var wish: WhenDisabled?
    if let text = context.arguments["runs"] {
      guard let known = ["wait": WhenDisabled.wait, "fall_back": .fail][text] else {
        throw UsageError("--runs is wait or fall_back, not \"\(text)\"")
      }
      wish = known
    }
    let runs = try context.theHost.disablePlugin(id, project: context.project(), runs: wish)
    if context.wantsJSON {
      context.console.line(
        JSONValue.object(["id": .text(id), "enabled": false, "runs": .text(text(runs))]).json)
    } else {
      let does = runs == .wait ? "wait until it is enabled" : "take their fallbacks"
      context.console.line("disabled \(id); runs that come to it \(does)")
    }
    return .succeeded
  }

  private static func text(_ runs: WhenDisabled) -> String { runs == .wait ? "wait" : "fall_back" }

  private static let inside =
    "runs inside of the host (isolation none): nothing confines it, and its crash is the host's"

  // MARK: what is shown

  private static func state(_ plugin: PluginSummary) -> String {
    if plugin.problems.contains(where: { $0.severity == .error }) { return "unusable" }
    switch plugin.manifest.kind {
    case .transport, .listener, .data: return plugin.manifest.kind.rawValue
    case .action: return plugin.isEnabled ? "enabled" : "disabled"
    }
  }

  /// What a person should know beside the line: problems, what waits, what is not granted.
  private static func notes(_ plugin: PluginSummary) -> [String] {
    var lines = plugin.problems.map(\.message)
    if let waiting = plugin.waiting { lines.append(waiting.text) }
    if !plugin.missing.isEmpty {
      lines.append("not granted: " + plugin.missing.map(\.text).joined(separator: ", "))
    }
    if plugin.isRecorded {
      lines.append("all its calls are recorded: jackfield plugin record \(plugin.manifest.id) off")
    }
    return lines
  }

  private static func value(_ broken: PluginCatalogue.Broken) -> JSONValue {
    [
      "id": broken.id.map { .text($0.rawValue) } ?? .null, "state": "unusable", "enabled": false,
      "folder": .text(broken.folder), "problems": value(broken.problems),
    ]
  }

  private static func value(_ problems: [LoadProblem]) -> JSONValue {
    .list(problems.map { ["code": .text($0.code), "message": .text($0.message)] })
  }

  private static func value(_ plugin: PluginSummary) -> JSONValue {
    var value: JSONObject = [
      "id": .text(plugin.manifest.id.rawValue), "version": .text(plugin.manifest.version),
      "title": .text(plugin.manifest.title), "state": .text(state(plugin)),
      "source": .text(plugin.use.plugin.source.rawValue),
      "enabled": .boolean(plugin.isEnabled), "hash": .text(plugin.use.plugin.build),
      "recorded": .boolean(plugin.isRecorded),
      "isolation": .text(plugin.isInside ? "none" : "worker"),
      "enabled_for": .list(plugin.enabledFor.map { .text($0.rawValue) }),
      "problems": value(plugin.problems),
      "grants": plugin.grants.value,
      "missing": .list(plugin.missing.map { .text($0.text) }),
      "builds": .list(
        plugin.builds.map {
          ["version": .text($0.manifest.version), "hash": .text($0.build)]
        }),
    ]
    if let version = plugin.use.state?.version { value["held_at"] = .text(version) }
    if let waiting = plugin.waiting { value["waiting"] = waiting.value }
    if plugin.use.state != nil {
      let runs = plugin.use.policy.whenDisabled ?? PolicyHost.whenDisabled
      value["when_disabled"] = .text(text(runs))
    }
    return .object(value)
  }

  private static func show(_ context: CommandContext) throws -> ExitCode {
    let id = context.arguments.operands[0]
    let project = try context.project()
    let plugin = try context.theHost.pluginSummary(id, project: project)
    let policies = try context.theHost.policies(of: id, project: project)
    if context.wantsJSON {
      var shown = value(plugin).asObject ?? [:]
      shown["actions"] = .list(policies.map { policy($0.action, $0.policy) })
      context.console.line(JSONValue.object(shown).json)
      return .succeeded
    }
    let manifest = plugin.manifest
    context.console.line("\(manifest.id) \(manifest.version) · \(manifest.title) · \(state(plugin))")
    if !manifest.description.isEmpty { context.console.line(manifest.description) }
    let source = plugin.use.plugin
    context.console.line("\(source.source.rawValue) in \(source.folder)\nhash \(source.build)")
    showBuilds(of: plugin, context)
    if plugin.isInside { context.console.line(context.console.alarming(inside)) }
    for line in notes(plugin) { context.console.line("note  \(line)") }
    context.console.line("\ngrants in \(project)")
    context.console.write(GrantText.table(plugin.grants))
    for kind in manifest.credentials {
      let fields = kind.fields.map { $0.name + ($0.isSecret ? " (secret)" : "") }
      context.console.line("\ncredential kind \(kind.kind): \(fields.joined(separator: ", "))")
    }
    guard !policies.isEmpty else { return .succeeded }
    let runs = plugin.use.policy.whenDisabled ?? PolicyHost.whenDisabled
    context.console.line("\nwhile it is disabled, runs that come to it: \(text(runs))")
    for (action, policy) in policies {
      context.console.line("\npolicy of \(action.id)")
      for part in PolicyPart.all(of: policy) {
        context.console.line(
          "  " + part.name.padded(to: 14) + part.text.padded(to: 34) + part.origin)
      }
    }
    return .succeeded
  }

  private static func showBuilds(of plugin: PluginSummary, _ context: CommandContext) {
    guard plugin.builds.count > 1 else { return }
    for build in plugin.builds {
      let mark = build === plugin.use.plugin ? "  in use" : ""
      context.console.line(
        "  build " + build.manifest.version.padded(to: 10) + build.build.prefix(12) + mark)
    }
  }

  private static func policy(_ action: ActionManifest, _ policy: PolicyResolution) -> JSONValue {
    var shown: JSONObject = ["id": .text(action.id.rawValue)]
    for part in PolicyPart.all(of: policy) {
      shown[part.key] = .text(part.value)
      shown[part.key + "_from"] = .text(part.origin)
    }
    if let calls = policy.concurrency { shown["concurrency"] = .integer(Int64(calls.value)) }
    // Cut by the ceiling: without this the value would look like what was written.
    if let asked = policy.cutTimeout { shown["timeout_asked"] = .text(DurationText.text(asked)) }
    return .object(shown)
  }
}

// SPDX-License-Identifier: Apache-2.0
// plugin list | show | enable | disable
import HostServices
import Jackfield
import Pipeline
import PluginHost
import Values

/// Commands about plugins.
enum PluginCommands {
  static let all = [
    Command("plugin list", "Lists the plugins of this host and what the project does with them.") {
      context in
      let plugins = try context.theHost.pluginSummaries(project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.list(plugins.map(value)).json)
        return .succeeded
      }
      for plugin in plugins {
        context.console.line(
          plugin.manifest.id.rawValue.padded(to: 20) + plugin.manifest.version.padded(to: 9)
            + state(plugin).padded(to: 12) + plugin.manifest.title)
        for problem in plugin.problems { context.console.line("    \(problem.message)") }
      }
      return .succeeded
    },
    Command(
      "plugin show", "Shows a plugin: actions, grants, and the policy in force.", operands: ["ID"]
    ) { context in try show(context) },
    Command(
      "plugin enable", "Lets the project's connectors use a plugin, and records what it may do.",
      operands: ["ID"],
      options: [
        Option("host", "HOST", repeats: true, help: "a host it may talk to (host or host:port)"),
        Option("credential", "NAME", repeats: true, help: "a credential it may use"),
        Option("runs", help: "let it start, cancel and stop runs"),
      ]
    ) { context in
      let id = context.arguments.operands[0]
      let project = try context.project()
      let grants = try context.theHost.enablePlugin(
        id, project: project, hosts: context.arguments.all("host"),
        credentials: context.arguments.all("credential"), runs: context.arguments.has("runs"))
      if context.wantsJSON {
        context.console.line(grants.value.json)
      } else {
        context.console.line("enabled \(id) for \(project)")
        context.console.write(text(grants))
        for line in try missing(id, grants, context) { context.console.line(line) }
      }
      return .succeeded
    },
    Command("plugin disable", "Takes a plugin away from the project's connectors.", operands: ["ID"])
    { context in
      let id = context.arguments.operands[0]
      try context.theHost.disablePlugin(id, project: context.project())
      context.console.line("disabled \(id)")
      return .succeeded
    },
  ]

  private static func state(_ plugin: Host.PluginSummary) -> String {
    if plugin.problems.contains(where: { $0.severity == .error }) { return "unusable" }
    switch plugin.manifest.kind {
    case .transport, .listener, .data: return plugin.manifest.kind.rawValue
    case .action: return plugin.isEnabled ? "enabled" : "disabled"
    }
  }

  private static func value(_ plugin: Host.PluginSummary) -> JSONValue {
    [
      "id": .text(plugin.manifest.id.rawValue), "version": .text(plugin.manifest.version),
      "title": .text(plugin.manifest.title), "state": .text(state(plugin)),
      "enabled": .boolean(plugin.isEnabled), "hash": .text(plugin.hash),
      "problems": .list(
        plugin.problems.map { ["code": .text($0.code), "message": .text($0.message)] }),
      "grants": plugin.grants.value,
    ]
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
    for problem in plugin.problems { context.console.line("problem  \(problem.message)") }
    context.console.line("\ngrants in \(project)")
    context.console.write(text(plugin.grants))
    for kind in manifest.credentials {
      let fields = kind.fields.map { $0.name + ($0.isSecret ? " (secret)" : "") }
      context.console.line("\ncredential kind \(kind.kind): \(fields.joined(separator: ", "))")
    }
    for (action, policy) in policies {
      context.console.line("\npolicy of \(action.id)")
      for part in PolicyPart.all(of: policy) {
        context.console.line(
          "  " + part.name.padded(to: 14) + part.text.padded(to: 34) + part.origin)
      }
    }
    return .succeeded
  }

  private static func policy(_ action: ActionManifest, _ policy: PolicyResolution) -> JSONValue {
    var shown: JSONObject = ["id": .text(action.id.rawValue)]
    for part in PolicyPart.all(of: policy) {
      shown[part.key] = .text(part.value)
      shown[part.key + "_from"] = .text(part.origin)
    }
    // Cut by the ceiling: without this the value would look like what was written.
    if let asked = policy.cutTimeout { shown["timeout_asked"] = .text(DurationText.text(asked)) }
    return .object(shown)
  }

  private static func text(_ grants: PluginGrants) -> String {
    func line(_ name: String, _ items: [String]) -> String {
      "  " + name.padded(to: 14) + (items.isEmpty ? "none" : items.joined(separator: ", ")) + "\n"
    }
    return line("hosts", grants.hosts)
      + line("credentials", grants.credentials.map(\.rawValue).sorted())
      + line("reads", grants.readCollections.sorted())
      + line("writes", grants.writeCollections.sorted())
      + line("runs", grants.runs ? ["starts, cancels and stops them"] : [])
  }

  /// What enabling left open, as the commands to type.
  private static func missing(
    _ id: String, _ grants: PluginGrants, _ context: CommandContext
  ) throws -> [String] {
    let plugin = try context.theHost.pluginSummary(id, project: context.project())
    var lines: [String] = []
    if grants.hosts.isEmpty && plugin.manifest.grants.hosts.contains("*") {
      lines.append("it may talk to no host yet: jackfield plugin enable \(id) --host HOST")
    }
    if grants.credentials.isEmpty, let kind = plugin.manifest.credentials.first?.kind {
      lines.append(
        "it has no credential yet: jackfield credential set NAME --kind \(kind), then "
          + "jackfield plugin enable \(id) --credential NAME")
    }
    return lines
  }
}

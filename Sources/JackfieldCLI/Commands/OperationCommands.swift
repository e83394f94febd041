// SPDX-License-Identifier: Apache-2.0
// status | doctor | backup | restore
import Jackfield
import Values

/// Commands for whoever keeps a host running.
enum OperationCommands {
  static let all = [
    Command(
      "status", "Says how everything is; exit code 1 when something needs a person.",
      options: [
        Option(
          "queue", "TIME",
          help: "how long a ready run may wait (alert.queue_after of the project, else \"5 min\")"),
        Option("free", "MIB", help: "what must be free on the disk (256)"),
        Option("serving", help: "a host must be running, also while nothing waits for one"),
      ]
    ) { context in try status(context) },
    Command(
      "doctor", "Looks over the data folder and what a host needs; changes nothing.",
      need: .folder
    ) { context in doctor(context) },
    Command(
      "backup", "Copies the data folder while everything goes on.", operands: ["FOLDER"]
    ) { context in try backup(context) },
    Command(
      "restore", "Makes a data folder from a backup.", operands: ["FOLDER"], need: .nothing
    ) { context in try restore(context) },
  ]

  private static func status(_ context: CommandContext) throws -> ExitCode {
    var limits = StatusLimits()
    if let queue = context.arguments["queue"] {
      limits.queueMS = try RunsCommands.milliseconds(queue, of: "queue")
    }
    if let free = try context.arguments.integer("free", in: 0...1 << 40) {
      limits.freeBytes = Int64(free) << 20
    }
    limits.wantsHost = context.arguments.has("serving")
    let status = try context.theHost.status(limits)
    if context.wantsJSON {
      context.console.line(status.value.json)
    } else {
      context.console.write(text(status))
      for plugin in status.facts["inside"]?.asList ?? [] {
        context.console.line(context.console.alarming(plugin["message"]?.asText ?? ""))
      }
    }
    return status.problems.isEmpty ? .succeeded : .failed
  }

  private static func text(_ status: HostStatus) -> String {
    var text = ""
    for problem in status.problems { text += "problem  \(problem.message)\n" }
    if status.problems.isEmpty { text += "all is well\n" }
    let isRunning = status.facts["running"]?.asBoolean ?? false
    text += isRunning ? "running" : "not running"
    text += (status.facts["address"]?.asText).map { ", listening on \($0)\n" } ?? "\n"
    for project in status.facts["projects"]?.asObject ?? [:] {
      let counts = (project.value["runs"]?.asObject ?? [:]).compactMap { count in
        count.value == .integer(0) ? nil : "\(count.value.json) \(count.name)"
      }
      text += project.name.padded(to: 20)
        + (counts.isEmpty ? "no runs" : counts.joined(separator: ", "))
        + (project.value["paused_since"] == nil ? "" : ", paused") + "\n"
    }
    for plugin in status.facts["plugins"]?.asList ?? [] { text += crash(of: plugin) }
    return text
  }

  /// How a plugin's last worker went down by its own doing; nothing where none did.
  private static func crash(of plugin: JSONValue) -> String {
    guard let crash = plugin["last_crash"], let message = crash["message"]?.asText else { return "" }
    let ends = (plugin["ends"]?.asObject ?? [:]).map { "\($0.value.json) \($0.name)" }
    return "plugin \(plugin["plugin"]?.asText ?? "") of \(plugin["project"]?.asText ?? ""): "
      + "\(ends.joined(separator: ", ")); the last at \(crash["at"]?.asText ?? ""): \(message)\n"
  }

  private static func doctor(_ context: CommandContext) -> ExitCode {
    let findings = Doctor.examine(
      context.host?.options.dataFolder ?? Program.dataFolder(context.arguments),
      host: context.host)
    let isWell = findings.allSatisfy(\.isOK)
    if context.wantsJSON {
      let value: JSONValue = [
        "ok": .boolean(isWell), "checks": .list(findings.map(\.value)),
      ]
      context.console.line(value.json)
    } else {
      for finding in findings {
        let line = (finding.isOK ? "ok" : "problem").padded(to: 9) + finding.check.padded(to: 13)
          + finding.message
        context.console.line(finding.isAlarming ? context.console.alarming(line) : line)
      }
    }
    return isWell ? .succeeded : .failed
  }

  private static func backup(_ context: CommandContext) throws -> ExitCode {
    let folder = context.console.path(context.arguments.operands[0])
    try context.theHost.backup(to: folder)
    if context.wantsJSON {
      let value: JSONValue = ["backup": .text(folder)]
      context.console.line(value.json)
    } else {
      context.console.line("copied to \(folder)")
      context.console.line(
        "the key of the credentials is not in it: keep "
          + "\(context.theHost.options.dataFolder)/secret.key somewhere else")
    }
    return .succeeded
  }

  private static func restore(_ context: CommandContext) throws -> ExitCode {
    let data = Program.dataFolder(context.arguments)
    try Host.restore(from: context.arguments.operands[0], to: data)
    if context.wantsJSON {
      let value: JSONValue = ["restored": .text(data)]
      context.console.line(value.json)
    } else {
      context.console.line("restored into \(data)")
      context.console.line(
        "put the key of the credentials there too, as \(data)/secret.key; jackfield doctor")
    }
    return .succeeded
  }
}

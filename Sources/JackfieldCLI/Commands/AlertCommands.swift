// SPDX-License-Identifier: Apache-2.0
// alert list | reset, breaker list | reset
import Jackfield
import Values

/// Commands about what holds itself back: alerts that were mailed, plugins whose peers are gone.
enum AlertCommands {
  static let all = [
    Command(
      "alert list", "Lists the last alerts of actions, connectors and the host, and kept mails.",
      operands: ["CONNECTOR?"]
    ) { context in try list(context) },
    Command(
      "alert reset", "Lets the next alert go out at once.", operands: ["CONNECTOR?"]
    ) { context in
      let count = try context.theHost.resetAlerts(
        project: context.project(), connector: context.arguments.operands.first)
      return done(context, count, "alert\(count == 1 ? "" : "s") reset")
    },
    Command("breaker list", "Lists the plugins that are held back after failures.") { context in
      try breakers(context)
    },
    Command(
      "breaker reset", "Lets the calls of a plugin go again at once.", operands: ["PLUGIN"],
      options: [Option("credential", "NAME", help: "only calls with this credential")]
    ) { context in
      let count = try context.theHost.resetBreaker(
        context.arguments.operands[0], credential: context.arguments["credential"],
        project: context.project())
      return done(context, count, "breaker\(count == 1 ? "" : "s") closed")
    },
  ]

  private static func list(_ context: CommandContext) throws -> ExitCode {
    let found = try context.theHost.alerts(
      project: context.project(), connector: context.arguments.operands.first)
    if context.wantsJSON {
      context.console.line(found.json)
      return .succeeded
    }
    let (alerts, mails) = (found["alerts"]?.asList ?? [], found["mails"]?.asList ?? [])
    if alerts.isEmpty && mails.isEmpty { context.console.line("no alerts") }
    for alert in alerts {
      let held = alert["held"]?.asInteger ?? 0
      context.console.line(
        "\(place(alert))last \(alert["sent_at"]?.asText ?? "")"
          + (held > 0 ? ", \(held) held back since" : ""))
    }
    for mail in mails {
      let reason = (mail["error"]?.asText).map { ": \($0)" } ?? ""
      context.console.line(
        "\(place(mail))to be mailed at \(mail["next_try_at"]?.asText ?? "")\(reason)")
    }
    return .succeeded
  }

  private static func place(_ value: JSONValue) -> String {
    (value["connector"]?.asText ?? "").padded(to: 24)
      + (value["component"]?.asText ?? "").padded(to: 20)
  }

  private static func breakers(_ context: CommandContext) throws -> ExitCode {
    let project = try context.project()
    let found = try context.theHost.breakers().filter { $0.project == project }
    if context.wantsJSON {
      context.console.line(JSONValue.list(found.map(\.value)).json)
      return .succeeded
    }
    if found.isEmpty { context.console.line("no plugin is held back") }
    for breaker in found {
      let state = breaker.value["until"]?.asText.map { "until \($0)" } ?? "is being tried"
      context.console.line(
        breaker.plugin.padded(to: 20) + (breaker.credential ?? "").padded(to: 20) + state)
    }
    return .succeeded
  }

  private static func done(_ context: CommandContext, _ count: Int, _ text: String) -> ExitCode {
    if context.wantsJSON {
      let value: JSONValue = ["reset": .integer(Int64(count))]
      context.console.line(value.json)
    } else {
      context.console.line("\(count) \(text)")
    }
    return .succeeded
  }
}

// SPDX-License-Identifier: Apache-2.0
// connector enable | disable | rotate-url | export | events | replay
import Jackfield
import Values

/// Commands about a connector that was applied.
enum ConnectorStateCommands {
  static let all = [
    Command("connector enable", "Lets a connector take events.", operands: ["NAME"]) { context in
      try enable(context, true)
    },
    Command(
      "connector disable",
      "Makes a connector take no events: its URL answers 503, runs under way go on.",
      operands: ["NAME"]
    ) { context in try enable(context, false) },
    Command(
      "connector rotate-url", "Gives a connector a new URL; the old one answers 410.",
      operands: ["NAME"]
    ) { context in
      let changed = try context.theHost.rotateConnectorURL(
        context.arguments.operands[0], project: context.project())
      if context.wantsJSON {
        context.console.line(changed.value.json)
      } else {
        context.console.line(ConnectorCommands.entrance(changed))
      }
      return .succeeded
    },
    Command(
      "connector export", "Prints a connector's document as it was applied.", operands: ["NAME"]
    ) { context in
      let (_, document) = try context.theHost.connector(
        context.arguments.operands[0], project: context.project())
      context.console.write(document.hasSuffix("\n") ? document : document + "\n")
      return .succeeded
    },
    Command(
      "connector events", "Lists what arrived at a connector's URL, newest first, with verdicts.",
      operands: ["NAME"],
      options: [Option("event", "ID", help: "print the body of the event with this id")]
    ) { context in try events(context) },
    Command(
      "connector replay", "Starts a run on an event received before.",
      operands: ["NAME", "EVENT"]
    ) { context in
      let run = try context.theHost.replayEvent(
        context.arguments.operands[1], of: context.arguments.operands[0],
        project: context.project())
      if context.wantsJSON {
        let value: JSONValue = ["run": .text(String(run))]
        context.console.line(value.json)
      } else {
        context.console.line("run \(run): jackfield runs show \(run)")
      }
      return .succeeded
    },
  ]

  private static func enable(_ context: CommandContext, _ isEnabled: Bool) throws -> ExitCode {
    let changed = try context.theHost.enableConnector(
      context.arguments.operands[0], project: context.project(), isEnabled)
    if context.wantsJSON {
      context.console.line(changed.value.json)
    } else {
      context.console.line("\(changed.name) \(changed.isEnabled ? "enabled" : "disabled")")
    }
    return .succeeded
  }

  private static func events(_ context: CommandContext) throws -> ExitCode {
    let name = context.arguments.operands[0]
    let project = try context.project()
    if let id = context.arguments["event"] {
      let event = try context.theHost.receivedEvent(id, of: name, project: project)
      context.console.write(String(decoding: event.body, as: UTF8.self) + "\n")
      return .succeeded
    }
    let events = try context.theHost.receivedEvents(name, project: project)
    if context.wantsJSON {
      context.console.line(JSONValue.list(events.map(\.value)).json)
      return .succeeded
    }
    if events.isEmpty { context.console.line("nothing has arrived yet") }
    for event in events {
      let run = event.run.map { "run \($0)" } ?? ""
      context.console.line(
        event.id.padded(to: 8) + event.verdict.padded(to: 15) + run.padded(to: 12)
          + (event.value["received_at"]?.asText ?? "") + "  \(event.body.count) bytes")
    }
    return .succeeded
  }
}

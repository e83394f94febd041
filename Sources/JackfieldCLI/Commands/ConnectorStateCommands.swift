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
      options: [Option("event", "N", help: "print the body of the event with this number")]
    ) { context in try events(context) },
    Command(
      "connector replay", "Starts a run on an event received before.",
      operands: ["NAME", "NUMBER"]
    ) { context in
      let run = try context.theHost.replayEvent(
        try number(context.arguments.operands[1]), of: context.arguments.operands[0],
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
    let events = try context.theHost.receivedEvents(name, project: context.project())
    if let text = context.arguments["event"] {
      let wanted = try number(text)
      guard let event = events.first(where: { $0.number == wanted }) else {
        throw CommandError("\(name) has \(events.count) received events, not a number \(wanted)")
      }
      context.console.write(String(decoding: event.body, as: UTF8.self) + "\n")
      return .succeeded
    }
    if context.wantsJSON {
      context.console.line(JSONValue.list(events.map(\.value)).json)
      return .succeeded
    }
    if events.isEmpty { context.console.line("nothing has arrived yet") }
    for event in events {
      let run = event.run.map { "run \($0)" } ?? ""
      context.console.line(
        String(event.number).padded(to: 4) + event.verdict.padded(to: 15) + run.padded(to: 12)
          + (event.value["received_at"]?.asText ?? "") + "  \(event.body.count) bytes")
    }
    return .succeeded
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else {
      throw UsageError("an event is named by its number in connector events, not \"\(text)\"")
    }
    return number
  }
}

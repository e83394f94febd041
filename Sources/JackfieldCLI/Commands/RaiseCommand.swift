// SPDX-License-Identifier: Apache-2.0
// raise: an event that comes in by another way than a URL.
import Jackfield
import Values

/// `jackfield raise KIND FILE`: what a channel, a module or a person tells the connectors.
enum RaiseCommand {
  static let command = Command(
    "raise",
    "Raises an event: message, message_status, record, reminder, macro_button, email, connector.",
    operands: ["KIND", "FILE"], files: [1],
    options: [
      Option("connector", "NAME", help: "only this connector"),
      Option("key", "TEXT", help: "names the event: the same key raises nothing for seven days"),
    ]
  ) { context in
    let (path, bytes) = try context.file(1)
    let event: JSONValue
    do {
      event = try JSONValue(parsing: bytes)
    } catch {
      throw CommandError("\(path): \(error)", .wrong)
    }
    let raised = try context.theHost.raise(
      context.arguments.operands[0], event, project: context.project(),
      key: context.arguments["key"] ?? "", connector: context.arguments["connector"])
    if context.wantsJSON {
      context.console.line(raised.value.json)
      return .succeeded
    }
    if let note = raised.note { context.console.line(note) }
    if let woken = raised.woken { context.console.line("run \(woken) goes on") }
    for (connector, run) in raised.started {
      context.console.line("\(connector)  run \(run)")
    }
    return .succeeded
  }
}

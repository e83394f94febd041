// SPDX-License-Identifier: Apache-2.0
// run FILE: a connector document, once, unsaved.
import Jackfield
import Pipeline
import Scheduler
import Values

/// `jackfield run FILE`: runs a document as a draft on one event and shows the timeline.
enum RunDraftCommand {
  static let command = Command(
    "run", "Runs a connector document once, without applying it, and shows what happened.",
    operands: ["FILE"], files: [0],
    options: [
      Option("event", "FILE", help: "the event's JSON; without it, standard input is not read: {}"),
      Option("wait", "TIME", help: "how long to wait for the end (\"5 min\")"),
    ], need: .everything
  ) { context in try run(context) }

  private static func run(_ context: CommandContext) throws -> ExitCode {
    let (path, bytes) = try context.file(0)
    let host = context.theHost
    let event = try event(context)
    let checked = try host.check(bytes, project: context.arguments["project"])
    for finding in checked.findings { context.console.writeError(finding.text(in: path) + "\n") }
    guard let connector = checked.connector else { return .wrong }
    let row = try host.draft(bytes, connector, checked.project)
    let box = TailBox()
    let observer = host.observe { box.put($0) }
    defer { host.unobserve(observer) }
    let id = try host.start(row, connector, event: event)
    let seconds =
      try context.arguments["wait"].map { try RunsCommands.milliseconds($0, of: "wait") / 1_000 }
      ?? 300
    var isParked = false
    let ended = host.wait(for: id, seconds: Double(seconds)) {
      for event in box.take() {
        switch event {
        case .called(id, let component, let action):
          context.console.progress("run \(id) · \(component) · \(action) …")
        case .parked(id, _): isParked = true
        default: break
        }
      }
      return !isParked && !context.console.isGone
    }
    context.console.progress("")
    let detail = try host.run(id.rawValue)
    if context.wantsJSON {
      context.console.line(detail.value.json)
    } else {
      context.console.write(Timeline.text(detail))
    }
    if !ended {
      context.console.writeError("jackfield: the run goes on: jackfield runs show \(id)\n")
    }
    if detail.summary.mark == "unknown" { return .failed }
    return ["succeeded", "stopped", "waiting"].contains(detail.summary.state) ? .succeeded : .failed
  }

  private static func event(_ context: CommandContext) throws -> JSONValue {
    guard let path = context.arguments["event"] else { return [:] }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: context.files[path] ?? [])
    } catch {
      throw CommandError("\(path): \(error)", .wrong)
    }
    switch value {
    case .object(var object):
      if object["custom_variables"] == nil { object["custom_variables"] = [:] }
      return .object(object)
    case .list: return ["items": value, "custom_variables": [:]]
    default: throw CommandError("\(path): an event is an object or a list", .wrong)
    }
  }
}

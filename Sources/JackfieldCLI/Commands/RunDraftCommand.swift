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
      Option("event", "FILE", help: "the event's JSON (the document's sample, else {})"),
      Option("wait", "TIME", help: "how long to wait for the end (\"5 min\")"),
      Option("dry-run", help: "touch nothing: actions answer by example, delays pass at once"),
      Option(
        "message", "FILE", repeats: true,
        help: "in a dry run, what the contact writes; one for each wait"),
      PermissiveReport.option,
    ], need: .everything, lightSwitch: "dry-run"
  ) { context in try run(context) }

  /// The document, where nothing is wrong with it; what is goes to standard error.
  private static func checked(
    _ context: CommandContext
  ) throws -> (connector: Connector, project: ProjectID)? {
    let (path, bytes) = try context.file(0)
    let checked = try context.theHost.check(bytes, project: context.arguments["project"])
    for finding in checked.findings { context.console.writeError(finding.text(in: path) + "\n") }
    return checked.connector.map { ($0, checked.project) }
  }

  private static func dryRun(_ context: CommandContext) throws -> ExitCode {
    guard let (connector, project) = try checked(context) else { return .wrong }
    let messages = try context.arguments.all("message").map { path in try json(path, context) }
    let report = try context.theHost.dryRun(
      connector, project: project, event: try event(context), messages: messages)
    context.console.write(
      context.wantsJSON ? report.value.json + "\n" : Timeline.text(report))
    return report.state == "failed" ? .failed : .succeeded
  }

  private static func run(_ context: CommandContext) throws -> ExitCode {
    if context.arguments.has("dry-run") { return try dryRun(context) }
    guard context.arguments.all("message").isEmpty else {
      throw UsageError("--message is for --dry-run: a real run waits for a real message")
    }
    let host = context.theHost
    try permit(context)
    let event = try event(context)
    guard let (connector, project) = try checked(context) else { return .wrong }
    guard try host.pausedAt(project.rawValue) == nil else {
      throw CommandError(
        "project \(project) is paused, its runs stand still: jackfield project resume \(project), "
          + "or try the document with --dry-run")
    }
    let row = try host.draft(try context.file(0).bytes, connector, project)
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
    let isPermissive = context.arguments.has("permissive")
    if context.wantsJSON {
      var value = detail.value.asObject ?? [:]
      if isPermissive { value["permissive"] = PermissiveReport.value(host) }
      context.console.line(JSONValue.object(value).json)
    } else {
      context.console.write(
        Timeline.text(detail) + (isPermissive ? PermissiveReport.text(host) : ""))
    }
    if !ended {
      context.console.writeError("jackfield: \(next(id, isParked: isParked, host))\n")
    }
    if detail.summary.mark == "unknown" { return .failed }
    return ["succeeded", "stopped", "waiting"].contains(detail.summary.state) ? .succeeded : .failed
  }

  /// Says loudly that nothing is denied; a host that runs already decides that for itself.
  private static func permit(_ context: CommandContext) throws {
    guard context.arguments.has("permissive") else { return }
    guard context.theHost.isPermissive else {
      throw CommandError(
        "a host runs on this folder and holds its plugins to their grants: stop it, or start it "
          + "with serve --permissive", .wrong)
    }
    context.console.writeError("jackfield: \(PermissiveReport.warning)\n")
  }

  /// What to do about a run that has not ended.
  private static func next(_ id: RunID, isParked: Bool, _ host: Host) -> String {
    guard isParked else { return "the run goes on: jackfield runs show \(id)" }
    let why = (try? host.explainRun(id.rawValue)).flatMap { $0?.message } ?? "it waits"
    return "run \(id) is waiting: \(why). jackfield serve goes on with it when that is over; "
      + "jackfield runs explain \(id) says how it stands"
  }

  private static func json(_ path: String, _ context: CommandContext) throws -> JSONValue {
    do {
      return try JSONValue(parsing: context.files[path] ?? [])
    } catch {
      throw CommandError("\(path): \(error)", .wrong)
    }
  }

  private static func event(_ context: CommandContext) throws -> JSONValue {
    let (document, bytes) = try context.file(0)
    guard let path = context.arguments["event"] ?? SampleFile.path(of: bytes, at: document) else {
      return [:]
    }
    guard context.files[path] != nil else {
      throw CommandError(
        "the document's \"sample\" \(path) cannot be read: name an event with --event FILE", .wrong)
    }
    let value = try json(path, context)
    switch value {
    case .object(var object):
      if object["custom_variables"] == nil { object["custom_variables"] = [:] }
      return .object(object)
    case .list: return ["items": value, "custom_variables": [:]]
    default: throw CommandError("\(path): an event is an object or a list", .wrong)
    }
  }
}

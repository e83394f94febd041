// SPDX-License-Identifier: Apache-2.0
// runs list | show | tail
import Calendar
import Glibc
import Jackfield
import Pipeline
import Scheduler
import Synchronization
import Values

/// Commands that look at runs.
enum RunsCommands {
  static let all = [
    Command(
      "runs list", "Lists runs, newest first.",
      options: RunSelection.options + [
        Option("mark", "MARK", help: "only with this mark: unknown, repeated, sent, not_sent"),
        Option("limit", "N", help: "at most this many (50)"),
      ]
    ) { context in try list(context) },
    Command(
      "runs show", "Shows one run: its state and its timeline, or one call of it.", operands: ["ID"],
      options: [
        Option("attempt", "N", help: "this call alone, in full; calls count from 1"),
        Option("record", help: "the call as a file for jackfield plugin replay, without secrets"),
      ]
    ) { context in try show(context) },
    Command(
      "runs tail", "Shows what happens to runs as it happens, until interrupted.",
      options: [Option("for", "TIME", help: "end after this time, like \"10 s\"")]
    ) { context in try tail(context) },
  ]

  private static func show(_ context: CommandContext) throws -> ExitCode {
    let id = try context.runID(0)
    let attempt = try context.arguments.integer("attempt", in: 1...1_000_000_000)
    if context.arguments.has("record") {
      context.console.line(try context.theHost.transcript(run: id, attempt: attempt).value.prettyJSON)
      return .succeeded
    }
    let run = try context.theHost.run(id)
    if let attempt {
      let entry = try context.theHost.entry(ofAttempt: attempt, in: run)
      context.console.write(
        context.wantsJSON ? entry.value.json + "\n" : Timeline.full(entry, of: run.summary))
      return .succeeded
    }
    let standing = try context.theHost.explainRun(id)
    if context.wantsJSON {
      var value = run.value.asObject ?? [:]
      if let standing { value["standing"] = standing.value }
      context.console.line(JSONValue.object(value).json)
    } else {
      context.console.write(Timeline.text(run))
      if let standing { context.console.line("  \(standing.message)") }
    }
    return .succeeded
  }

  private static func list(_ context: CommandContext) throws -> ExitCode {
    var filter = try RunSelection.filter(context)
    filter.mark = context.arguments["mark"]
    filter.limit = try context.arguments.integer("limit", in: 1...1_000) ?? 50
    let runs = try context.theHost.runs(project: context.project(), filter)
    if context.wantsJSON {
      context.console.line(JSONValue.list(runs.map(\.value)).json)
      return .succeeded
    }
    if runs.isEmpty { context.console.line("no runs") }
    for run in runs { context.console.line(Timeline.headline(run)) }
    return .succeeded
  }

  private static func tail(_ context: CommandContext) throws -> ExitCode {
    guard context.theHost.isRunning else {
      throw CommandError("nothing runs on this data folder: start jackfield serve on it")
    }
    let end = try context.arguments["for"].map { Host.now() + (try milliseconds($0, of: "for")) }
    let box = TailBox()
    let observer = context.theHost.observe { event in box.put(event) }
    defer { context.theHost.unobserve(observer) }
    while !context.console.isGone, end.map({ Host.now() < $0 }) ?? true {
      for event in box.take() {
        context.console.line(context.wantsJSON ? json(event).json : text(event))
      }
      usleep(50_000)
    }
    box.close()
    return .succeeded
  }

  static func milliseconds(_ text: String, of option: String) throws -> Int64 {
    guard let duration = try? DurationText.parse(text) else {
      throw UsageError("--\(option) takes a time like \"90 s\" or \"2 h\", not \"\(text)\"")
    }
    return duration.milliseconds
  }

  private static func text(_ event: RunEvent) -> String {
    switch event {
    case .called(let run, let component, let action): "run \(run)  \(component)  calls \(action)"
    case .recorded(let run, let entries):
      entries.map { entry in
        let value = entry.value
        return "run \(run)  \(value["component"]?.asText ?? "")  \(value["status"]?.asText ?? "")"
      }.joined(separator: "\n")
    case .parked(let run, let until):
      "run \(run)  waits" + (until.map { " until \(Moment(milliseconds: $0).iso)" } ?? "")
    case .finished(let run, let end): "run \(run)  \(end.state.rawValue)"
    }
  }

  private static func json(_ event: RunEvent) -> JSONValue {
    switch event {
    case .called(let run, let component, let action):
      [
        "event": "called", "run": .integer(run.rawValue), "component": .text(component.rawValue),
        "action": .text(action.rawValue),
      ]
    case .recorded(let run, let entries):
      [
        "event": "recorded", "run": .integer(run.rawValue),
        "entries": .list(entries.map(\.value)),
      ]
    case .parked(let run, let until):
      [
        "event": "waiting", "run": .integer(run.rawValue),
        "until": until.map { .text(Moment(milliseconds: $0).iso) } ?? .null,
      ]
    case .finished(let run, let end):
      ["event": "finished", "run": .integer(run.rawValue), "state": .text(end.state.rawValue)]
    }
  }
}

/// Events on their way from the loop to a console.
final class TailBox: Sendable {
  private let events = Mutex<[RunEvent]?>([])

  func put(_ event: RunEvent) {
    // A reader that is a thousand events behind loses the rest of this turn, not the host's time.
    events.withLock { events in
      if let count = events?.count, count < 1_000 { events?.append(event) }
    }
  }

  func take() -> [RunEvent] {
    events.withLock { events in
      defer { if events != nil { events = [] } }
      return events ?? []
    }
  }

  func close() { events.withLock { $0 = nil } }
}

extension CommandContext {
  func runID(_ index: Int) throws -> Int64 {
    guard let id = Int64(arguments.operands[index]), id > 0 else {
      throw UsageError("a run is named by its number, not \"\(arguments.operands[index])\"")
    }
    return id
  }
}

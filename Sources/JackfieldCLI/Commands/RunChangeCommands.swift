// SPDX-License-Identifier: Apache-2.0
// runs explain | retry | cancel | resume | resolve
import Jackfield
import Values

/// Commands that change runs, or say why one does not move.
enum RunChangeCommands {
  static let all = [
    Command(
      "runs explain", "Says why a run is not moving, and until when.", operands: ["ID"]
    ) { context in try explain(context) },
    Command(
      "runs retry", "Lets runs that failed go on from where they failed.", operands: ["ID?"],
      options: [
        Option("from", "WHERE", help: "component (as is), or step: from the start of its step"),
        Option("elements", "STEP", help: "only the failed elements of this for_each step"),
        Option("version", "WHICH", help: "own (as is), or current: the connector's newest"),
        Option("dry-run", help: "only list what would run again although it had succeeded"),
      ] + RunSelection.options
    ) { context in try retry(context) },
    Command(
      "runs cancel", "Ends runs as cancelled, with their delays.", operands: ["ID?"],
      options: [
        Option("reason", "TEXT", help: "why; shown with the run"),
        Option("dry-run", help: "only list them"),
      ] + RunSelection.options
    ) { context in try cancel(context) },
    Command(
      "runs resume", "Ends the delay a run waits for, so that it goes on now.", operands: ["ID"]
    ) { context in
      try context.theHost.moveDelay(of: context.runID(0), to: Host.now())
      return done(context, "run \(try context.runID(0)) goes on")
    },
    Command(
      "runs resolve", "Says whether a request whose fate is unknown was carried out.",
      operands: ["ID"],
      options: [
        Option("sent", help: "it was"), Option("not-sent", help: "it was not"),
      ]
    ) { context in
      let (sent, notSent) = (context.arguments.has("sent"), context.arguments.has("not-sent"))
      guard sent != notSent else {
        throw UsageError("runs resolve takes --sent or --not-sent")
      }
      let id = try context.runID(0)
      let state = try context.theHost.resolveRun(id, sent: sent)
      return done(context, sent ? "run \(id): sent" : adviceNotSent(id, state))
    },
  ]

  /// What to do about a request that was not carried out.
  private static func adviceNotSent(_ id: Int64, _ state: String) -> String {
    switch state {
    case "succeeded":
      "run \(id): not sent; it went on without it and succeeded, and is not retried: jackfield "
        + "connector events NAME and connector replay start another run on its event"
    case "failed", "stopped", "cancelled":
      "run \(id): not sent; jackfield runs retry \(id) sends it"
    default: "run \(id): not sent; it is \(state) and goes on without it"
    }
  }

  private static func explain(_ context: CommandContext) throws -> ExitCode {
    let id = try context.runID(0)
    guard let report = try context.theHost.explainRun(id) else {
      let run = try context.theHost.run(id).summary
      if context.wantsJSON {
        let value: JSONValue = ["reason": "ended", "state": .text(run.state)]
        context.console.line(value.json)
      } else {
        context.console.line("run \(id) has ended: \(run.state)")
      }
      return .succeeded
    }
    context.console.line(context.wantsJSON ? report.value.json : report.message)
    return .succeeded
  }

  private static func retry(_ context: CommandContext) throws -> ExitCode {
    let arguments = context.arguments
    let from: RetryFrom
    switch (arguments["elements"], arguments["from"] ?? "component") {
    case (let step?, _): from = .failedElements(step: step)
    case (nil, "component"): from = .component
    case (nil, "step"): from = .step
    default: throw UsageError("--from takes component or step")
    }
    guard ["own", "current"].contains(arguments["version"] ?? "own") else {
      throw UsageError("--version takes own or current")
    }
    let ids = try RunSelection.ids(context, state: "failed")
    var retries: [RunRetry] = []
    var failed = 0
    for id in ids {
      do {
        retries.append(
          try context.theHost.retryRun(
            id, from: from, onCurrentVersion: arguments["version"] == "current",
            isDryRun: arguments.has("dry-run")))
      } catch {
        if context.arguments.operands.first != nil { throw error }
        failed += 1
        context.console.writeError("run \(id): \(error.message)\n")
      }
    }
    if context.wantsJSON {
      context.console.line(JSONValue.list(retries.map(\.value)).json)
    } else {
      for retry in retries { context.console.write(text(retry, arguments.has("dry-run"))) }
      if ids.isEmpty { context.console.line("no such runs") }
    }
    return failed == 0 ? .succeeded : .failed
  }

  private static func text(_ retry: RunRetry, _ isDryRun: Bool) -> String {
    var text = "run \(retry.run) " + (isDryRun ? "would go on" : "goes on") + "\n"
    for again in retry.repeats {
      let component = again["component"]?.asText ?? ""
      let action = again["action"]?.asText ?? ""
      text +=
        "  again: \(component) (\(action), \(again["effect"]?.asText ?? "")), which was "
        + "\(again["status"]?.asText ?? "")\n"
    }
    return text
  }

  private static func cancel(_ context: CommandContext) throws -> ExitCode {
    let reason = context.arguments["reason"] ?? "cancelled by hand"
    let ids = try RunSelection.ids(context, state: nil)
    let isOne = context.arguments.operands.first != nil
    var cancelled: [Int64] = []
    for id in ids {
      if context.arguments.has("dry-run") {
        cancelled.append(id)
      } else {
        switch try context.theHost.cancelRun(id, reason: reason) {
        case .cancelled: cancelled.append(id)
        case .hadEnded(let state) where isOne:
          throw CommandError("run \(id) had ended before, as \(state): jackfield runs show \(id)")
        case .ended(let state) where isOne:
          throw CommandError(
            "run \(id) was not cancelled: its open call had to end first, and with it the run is "
              + "\(state): jackfield runs show \(id)")
        case .hadEnded, .ended: break
        }
      }
    }
    if context.wantsJSON {
      let value: JSONValue = ["cancelled": .list(cancelled.map { .text(String($0)) })]
      context.console.line(value.json)
    } else if context.arguments.has("dry-run") {
      for id in cancelled { context.console.line("would cancel run \(id)") }
    } else {
      context.console.line("cancelled \(cancelled.count) run\(cancelled.count == 1 ? "" : "s")")
    }
    return .succeeded
  }

  static func done(_ context: CommandContext, _ text: String) -> ExitCode {
    if !context.wantsJSON { context.console.line(text) }
    return .succeeded
  }
}

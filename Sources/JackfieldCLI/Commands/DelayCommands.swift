// SPDX-License-Identifier: Apache-2.0
// delay list | move | cancel
import Calendar
import Jackfield
import Values

/// Commands about runs that wait for a time.
enum DelayCommands {
  static let all = [
    Command(
      "delay list", "Lists runs that wait for a time, the earliest first.",
      options: [
        Option("connector", "NAME", help: "only of this connector"),
        Option("identifier", "TEXT", help: "only with this identifier"),
        Option("limit", "N", help: "at most this many (100)"),
      ]
    ) { context in
      let delays = try context.theHost.delays(
        project: context.project(), connector: context.arguments["connector"],
        identifier: context.arguments["identifier"],
        limit: try context.arguments.integer("limit", in: 1...10_000) ?? 100)
      if context.wantsJSON {
        context.console.line(JSONValue.list(delays).json)
        return .succeeded
      }
      if delays.isEmpty { context.console.line("no run waits for a time") }
      for delay in delays { context.console.line(text(delay)) }
      return .succeeded
    },
    Command(
      "delay move", "Gives the delay of a run another time; one that has come lets it go on.",
      operands: ["RUN", "TIME"]
    ) { context in
      let text = context.arguments.operands[1]
      guard let due = context.theHost.time(text, project: try context.project()) else {
        throw UsageError(
          "a time is like 2026-12-24T18:00:00Z or 2026-12-24 18:00, not \"\(text)\"")
      }
      let run = try context.runID(0)
      try context.theHost.moveDelay(of: run, to: due)
      let time = Moment(milliseconds: due).iso
      return RunChangeCommands.done(
        context,
        due <= Host.now()
          ? "\(time) has passed: run \(run) goes on now" : "run \(run) waits until \(time)")
    },
    Command(
      "delay cancel", "Cancels the delays of a connector that carry an identifier.",
      operands: ["CONNECTOR", "IDENTIFIER"],
      options: [Option("resume", help: "the runs go on after the delay instead of ending")]
    ) { context in
      let runs = try context.theHost.cancelDelays(
        context.arguments.operands[1], of: context.arguments.operands[0],
        project: context.project(), resumes: context.arguments.has("resume"))
      if context.wantsJSON {
        let value: JSONValue = ["runs": .list(runs.map { .text(String($0)) })]
        context.console.line(value.json)
      } else {
        context.console.line("cancelled \(runs.count) delay\(runs.count == 1 ? "" : "s")")
      }
      return .succeeded
    },
  ]

  private static func text(_ delay: JSONValue) -> String {
    let identifiers = (delay["identifiers"]?.asList ?? []).compactMap(\.asText)
    return (delay["due_at"]?.asText ?? "").padded(to: 26)
      + "run \(delay["run"]?.asText ?? "")".padded(to: 14)
      + (delay["connector"]?.asText ?? "").padded(to: 24)
      + (delay["component"]?.asText ?? "").padded(to: 20) + identifiers.joined(separator: ", ")
  }
}

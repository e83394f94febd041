// SPDX-License-Identifier: Apache-2.0
// action try
import Jackfield
import Values

/// `jackfield action try`: what an action would send, or what comes of sending it.
enum ActionTryCommand {
  static let command = Command(
    "action try",
    "Shows what an action would send, without sending it; with --send it happens.",
    operands: ["USE|ID"],
    options: [
      Option("with", "FILE", help: "the action's parameters, as JSON"),
      Option("in", "FILE", help: "a connector's document: ID is then one of its actions"),
      Option("event", "FILE", help: "the event that attributes are read from ({})"),
      Option("send", help: "send it, show what comes back, and learn its shape"),
    ], need: .everything
  ) { context in try run(context) }

  private static func run(_ context: CommandContext) throws -> ExitCode {
    let host = context.theHost
    let (trial, findings) = try host.tryAction(
      try order(context), project: context.project()
    ) { !context.console.isGone }
    for finding in findings { context.console.writeError(finding + "\n") }
    guard let trial else { return .wrong }
    context.console.write(context.wantsJSON ? trial.value.json + "\n" : text(trial))
    return trial.isWell ? .succeeded : .failed
  }

  private static func order(_ context: CommandContext) throws -> Host.TrialOrder {
    let (arguments, name) = (context.arguments, context.arguments.operands[0])
    let event = try arguments["event"].map { try json($0, context) } ?? [:]
    let sends = arguments.has("send")
    guard let document = arguments["in"] else {
      let parameters = try arguments["with"].map { try json($0, context) } ?? [:]
      guard parameters.asObject != nil else {
        throw CommandError("\(arguments["with"] ?? ""): parameters are an object", .wrong)
      }
      return Host.TrialOrder(use: name, parameters: parameters, event: event, sends: sends)
    }
    guard arguments["with"] == nil else {
      throw UsageError("--in brings the parameters along: leave --with out")
    }
    return try context.theHost.trialOrder(
      of: name, in: context.files[document] ?? [], event: event, sends: sends)
  }

  private static func json(_ path: String, _ context: CommandContext) throws -> JSONValue {
    do {
      return try JSONValue(parsing: context.files[path] ?? [])
    } catch {
      throw CommandError("\(path): \(error)", .wrong)
    }
  }

  // MARK: text

  private static func text(_ trial: ActionTrial) -> String {
    var text = ""
    for exchange in trial.exchanges {
      let request = exchange.head["request"] ?? [:]
      text += "\(request["method"]?.asText ?? "") \(request["url"]?.asText ?? "")\n"
      text += ConnectorResponseCommands.headers(request["headers"])
      if let name = request["credential"]?.asText {
        text += "  with the credential \(name), which the host adds\n"
      }
      text += ConnectorResponseCommands.files(request)
      text += ConnectorResponseCommands.body(exchange.request) + "\n"
      if trial.isSent, let response = exchange.head["response"] {
        text += "\(exchange.status ?? 0)\n" + ConnectorResponseCommands.headers(response["headers"])
          + ConnectorResponseCommands.files(response)
        text += ConnectorResponseCommands.body(exchange.response) + "\n"
      }
    }
    return text + ending(trial)
  }

  private static func ending(_ trial: ActionTrial) -> String {
    let error = trial.outcome["error"]
    let problem = error.map {
      "\($0["class"]?.asText ?? "failed"), \($0["message"]?.asText ?? $0["code"]?.asText ?? "")"
    }
    guard trial.isSent else {
      guard !trial.exchanges.isEmpty, error?["code"] == "trial" else {
        let asked = error?["code"] == "trial" ? "it has no request to show" : problem ?? "nothing"
        return "\(trial.use): \(asked)\n"
      }
      return "nothing was sent: --send sends it\n"
    }
    var text = "\(trial.use): \(problem ?? trial.outcome["status"]?.asText ?? "")\n"
    if let output = trial.outcome["output"] { text += output.prettyJSON + "\n" }
    if let learner = trial.learnedBy { text += "\(learner) has learned the shape of this answer\n" }
    return text
  }
}

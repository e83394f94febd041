// SPDX-License-Identifier: Apache-2.0
// connector stats | remap, action log
import Jackfield
import Values

/// Commands that look at what a connector did.
enum ConnectorResponseCommands {
  static let all = [
    Command(
      "connector stats", "Shows how often each thing happened at each step.", operands: ["NAME"]
    ) { context in try statistics(context) },
    Command(
      "connector remap",
      "Accepts the changed shape of an action's answers, so that it is mapped from now on.",
      operands: ["NAME", "ACTION?"],
      options: [Option("list", help: "only show what was learned of each action's answers")]
    ) { context in try remap(context) },
    Command(
      "action log", "Shows the last HTTP exchanges of the project, of a connector, or of one of its actions.",
      operands: ["NAME?", "ACTION?"],
      options: [Option("exchange", "N", help: "print the exchange with this number in full")]
    ) { context in try log(context) },
  ]

  private static func statistics(_ context: CommandContext) throws -> ExitCode {
    let steps = try context.theHost.statistics(
      of: context.arguments.operands[0], project: context.project())
    if context.wantsJSON {
      context.console.line(JSONValue.list(steps.map(\.value)).json)
      return .succeeded
    }
    func row(_ first: String, _ cells: [String]) -> String {
      first.padded(to: 24)
        + cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
    }
    context.console.line(row("step", StepStatistics.names))
    for step in steps { context.console.line(row(step.step, step.counts.map { String($0) })) }
    return .succeeded
  }

  private static func remap(_ context: CommandContext) throws -> ExitCode {
    let operands = context.arguments.operands
    if context.arguments.has("list") { return try list(context) }
    guard operands.count > 1 else {
      throw UsageError("connector remap takes NAME ACTION, or NAME --list")
    }
    let before = try context.theHost.acceptResponse(
      of: operands[1], in: operands[0], project: context.project())
    if context.wantsJSON {
      context.console.line(before.value.json)
      return .succeeded
    }
    context.console.line("\(before.action): \(before.difference)")
    context.console.line("before  \(outline(before.shape))")
    if let changed = before.changed { context.console.line("now     \(outline(changed.shape))") }
    return .succeeded
  }

  private static func list(_ context: CommandContext) throws -> ExitCode {
    let learned = try context.theHost.learnedResponses(
      of: context.arguments.operands[0], project: context.project())
    if context.wantsJSON {
      context.console.line(JSONValue.list(learned.map(\.value)).json)
      return .succeeded
    }
    if learned.isEmpty { context.console.line("no answer was learned yet") }
    for response in learned {
      context.console.line(response.action.padded(to: 24) + outline(response.shape))
      if response.changed != nil {
        context.console.line("  changed: \(response.difference)")
      }
    }
    return .succeeded
  }

  /// A stored shape as people write one: `{id: number, tags: [text]}`.
  private static func outline(_ place: JSONValue) -> String {
    let kinds = place["k"]?.asList?.compactMap(\.asText) ?? []
    let parts = kinds.map { kind in
      switch kind {
      case "object":
        let optional = place["o"]?.asList ?? []
        let members = (place["m"]?.asObject ?? [:]).map { member in
          let mark = optional.contains(.text(member.name)) ? "?" : ""
          return "\(member.name)\(mark): \(outline(member.value))"
        }
        return "{\(members.joined(separator: ", "))}"
      case "list": return "[\(place["e"].map(outline) ?? "")]"
      default: return kind
      }
    }
    return parts.isEmpty ? "any" : parts.joined(separator: " or ")
  }

  private static func log(_ context: CommandContext) throws -> ExitCode {
    let operands = context.arguments.operands
    let (name, action) = (operands.first, operands.count > 1 ? operands[1] : nil)
    let all = try context.theHost.exchanges(of: action, in: name, project: context.project())
    let what = action ?? name ?? "the project"
    if let wanted = try context.arguments.integer("exchange", in: 1...1_000) {
      guard let exchange = all.first(where: { $0.number == wanted }) else {
        throw CommandError(
          "\(what) has \(all.count) kept exchanges, not a number \(wanted)", .wrong)
      }
      let text = context.wantsJSON ? exchange.value.json + "\n" : full(exchange)
      context.console.write(text)
      return .succeeded
    }
    if context.wantsJSON {
      context.console.line(JSONValue.list(all.map(\.value)).json)
      return .succeeded
    }
    if all.isEmpty { context.console.line("no exchange of \(what) yet") }
    for exchange in all {
      let connector = name == nil ? exchange.connector.padded(to: 20) : ""
      let action = action == nil ? exchange.action.padded(to: 20) : ""
      context.console.line(connector + action + line(exchange))
    }
    return .succeeded
  }

  private static func line(_ exchange: HTTPExchange) -> String {
    let request = exchange.head["request"] ?? [:]
    let error = exchange.head["error"]
    let failure = (error?["code"] ?? error?["message"])?.asText ?? "no answer"
    let status = exchange.status.map { String($0) } ?? failure
    return String(exchange.number).padded(to: 4) + "run \(exchange.run)".padded(to: 12)
      + status.padded(to: 5) + Timeline.duration(exchange.durationMS).padded(to: 9)
      + (request["method"]?.asText ?? "").padded(to: 7) + (request["url"]?.asText ?? "")
      + "  \(exchange.request.size) → \(exchange.response.size) bytes"
  }

  private static func full(_ exchange: HTTPExchange) -> String {
    var text = line(exchange) + "\n"
    for (side, part) in [("request", exchange.request), ("response", exchange.response)] {
      guard let head = exchange.head[side] else { continue }
      text += "\n\(side)\n" + headers(head["headers"]) + files(head)
      text += body(part)
    }
    if let error = exchange.head["error"] { text += "\nerror\n  \(error.json)\n" }
    return text
  }

  /// What stands for bytes that are in files.
  static func files(_ head: JSONValue) -> String {
    ["body_blob", "parts", "blob"].compactMap { member in
      head[member].map { "  \(member): \($0.json)\n" }
    }.joined()
  }

  /// As much of a body as is kept.
  static func body(_ part: (body: [UInt8], size: Int)) -> String {
    guard part.size > 0 else { return "" }
    let rest = part.size - part.body.count
    guard !part.body.isEmpty else { return "\n… \(rest) bytes that are not shown\n" }
    return "\n" + String(decoding: part.body, as: UTF8.self) + "\n"
      + (rest > 0 ? "… \(rest) bytes more\n" : "")
  }

  /// Headers as they are kept: `{name: value}`, or a list of pairs.
  static func headers(_ value: JSONValue?) -> String {
    if let object = value?.asObject {
      return object.map { "  \($0.name): \($0.value.asText ?? $0.value.json)\n" }.joined()
    }
    return (value?.asList ?? []).map { pair in
      let parts = (pair.asList ?? [pair]).map { $0.asText ?? $0.json }
      return "  \(parts.joined(separator: ": "))\n"
    }.joined()
  }
}

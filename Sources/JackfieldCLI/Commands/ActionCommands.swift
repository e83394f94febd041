// SPDX-License-Identifier: Apache-2.0
// action list | show
import Jackfield
import Pipeline
import Values

/// Commands that look at actions.
enum ActionCommands {
  static let all = [
    Command("action list", "Lists every action of every plugin on this host.") { context in
      let actions = context.theHost.actions()
      if context.wantsJSON {
        context.console.line(JSONValue.list(actions.map(summary)).json)
        return .succeeded
      }
      for action in actions {
        context.console.line(
          action.id.rawValue.padded(to: 28) + action.sideEffect.rawValue.padded(to: 14)
            + action.title)
      }
      return .succeeded
    },
    Command(
      "action show", "Shows one action: parameters, result, errors.", operands: ["ID"]
    ) { context in
      let action = try context.theHost.action(context.arguments.operands[0])
      context.console.write(context.wantsJSON ? full(action).json + "\n" : text(action))
      return .succeeded
    },
  ]

  private static func summary(_ action: ActionManifest) -> JSONValue {
    [
      "id": .text(action.id.rawValue), "title": .text(action.title),
      "category": .text(action.category), "side_effect": .text(action.sideEffect.rawValue),
    ]
  }

  private static func full(_ action: ActionManifest) -> JSONValue {
    var value = summary(action).asObject ?? [:]
    value["description"] = .text(action.description)
    value["parameters"] = action.parameters.raw
    if let result = action.result { value["result"] = result.raw }
    value["errors"] = .list(
      action.errors.map { ["code": .text($0.code), "class": .text($0.class.rawValue)] })
    value["examples"] = .list(action.examples)
    return .object(value)
  }

  private static func text(_ action: ActionManifest) -> String {
    var text = "\(action.id) · \(action.title) · \(action.sideEffect.rawValue)\n"
    text += action.description + "\n\nparameters\n"
    text += properties(action.parameters.raw)
    if let result = action.result { text += "\nresult\n" + properties(result.raw) }
    if !action.errors.isEmpty { text += "\nerrors\n" }
    for error in action.errors {
      text += "  " + error.code.padded(to: 28) + error.class.rawValue + "\n"
    }
    return text
  }

  private static func properties(_ schema: JSONValue) -> String {
    let required = schema["required"]?.asList?.compactMap(\.asText) ?? []
    var text = ""
    for (name, property) in schema["properties"]?.asObject ?? [:] {
      var type = property["type"]?.asText ?? property["type"]?.json ?? "any"
      if let options = property["enum"] { type += " " + options.json }
      if required.contains(name) { type += ", required" }
      if let value = property["default"] { type += ", default \(value.json)" }
      text += "  " + name.padded(to: 20) + type.padded(to: 34)
      text += (property["description"]?.asText ?? property["title"]?.asText ?? "") + "\n"
    }
    return text
  }
}

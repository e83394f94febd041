// SPDX-License-Identifier: Apache-2.0
// Reading the actions of a manifest.

import Schema
import Values

extension ActionManifest {
  static let documentKeys = [
    "id", "title", "description", "category", "side_effect", "narrowed_by", "timeout", "retry",
    "rate", "fallback", "parameters", "result", "options", "errors", "serial_key", "pace",
    "examples", "sets_contact", "available_if",
  ]

  /// - Parameter settings: the plugin's settings, whose choices `options` may name too
  static func read(
    _ source: DocumentValue, plugin: PluginID, settings: JSONSchema?
  ) -> ActionManifest? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    let id = object.required("id").flatMap { readID($0, plugin: plugin) }
    let effect = object.required("side_effect")?.choice(SideEffect.self)
    let parameters = object.required("parameters")?.schema(ofObject: true)
    guard let id, let effect, let parameters else { return nil }
    var action = ActionManifest(id: id, sideEffect: effect, parameters: parameters)
    action.title = object.required("title")?.text(atMost: PipelineLimits.titleLength) ?? ""
    action.description = object["description"]?.text(atMost: PipelineLimits.descriptionLength) ?? ""
    action.category = object["category"]?.text(atMost: PipelineLimits.titleLength) ?? ""
    action.timeout = object["timeout"]?.duration()
    action.fallback = object["fallback"].flatMap {
      Fallback.readText($0, forms: "\"stop\" or \"continue\"")
    }
    action.retry = object["retry"].flatMap(RetryPolicy.read)
    action.rate = object["rate"].flatMap(RatePolicy.read)
    action.result = object["result"]?.schema(ofObject: true)
    action.availableIf = object["available_if"]?.value
    action.readNarrowing(object["narrowed_by"])
    action.readNames(object, settings: settings?.propertyNames ?? [])
    action.readErrors(object["errors"])
    action.readExamples(object["examples"])
    return action
  }

  private static func readID(_ source: DocumentValue, plugin: PluginID) -> ActionID? {
    guard let text = source.text(atMost: 2 * PipelineLimits.nameLength) else { return nil }
    let prefix = plugin.rawValue + "."
    guard text.hasPrefix(prefix), DocumentName.isValid(String(text.dropFirst(prefix.count))) else {
      source.error(
        "bad_id",
        "the action id is \"\(text)\": write \(prefix)name, the name in lower case with _")
      return nil
    }
    return ActionID(text)
  }

  /// The effects by value of the parameters that narrow the class of a call.
  private mutating func readNarrowing(_ source: DocumentValue?) {
    for (parameter, values) in source?.map(atMost: 8)?.all ?? [] {
      knowsParameter(parameter, values)
      var effects: [String: SideEffect] = [:]
      for (value, effect) in values.map(atMost: 50)?.all ?? [] {
        effects[value] = effect.choice(SideEffect.self)
      }
      narrowedBy.append(EffectNarrowing(parameter: parameter, effects: effects))
    }
  }

  private mutating func readNames(_ object: DocumentObject, settings: [String]) {
    for (parameter, list) in object["options"]?.map(atMost: 100)?.all ?? [] {
      if !settings.contains(parameter) { knowsParameter(parameter, list) }
      options[parameter] = list.text(atMost: PipelineLimits.titleLength)
    }
    serialKey = object["serial_key"]?.elements(atMost: 8, readSerialKey) ?? []
    pace = object["pace"].flatMap(readPace)
    guard let source = object["sets_contact"], let member = source.text() else { return }
    setsContact = member
    let known = result?.propertyNames ?? []
    if !known.contains(member) {
      source.error(
        "unknown_field",
        "\"sets_contact\" names \"\(member)\", which is no member of \"result\""
          + Suggestion.text(for: member, among: known))
    }
  }

  private func readSerialKey(_ source: DocumentValue) -> SerialKeyRule? {
    guard case .object = source.value else {
      return source.text(atMost: PipelineLimits.titleLength).map { serialKey($0, source) }
    }
    guard let object = source.object(keys: ["parameter", "else", "when"]),
      let parameter = object.required("parameter"),
      let name = parameter.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    var rule = serialKey(name, parameter)
    rule.defaultsToContact = object["else"]?.choice(SerialKeyDefault.self) == .contact
    for (condition, value) in object["when"]?.map(atMost: 8)?.all ?? [] {
      knowsParameter(condition, value)
      rule.when[condition] = value.value
    }
    return rule
  }

  private func readPace(_ source: DocumentValue) -> PaceRule? {
    guard let object = source.object(keys: ["channel", "when"]),
      let channel = object.required("channel"), let when = object.required("when"),
      let channelName = channel.text(atMost: PipelineLimits.titleLength),
      let whenName = when.text(atMost: PipelineLimits.titleLength)
    else { return nil }
    knowsParameter(channelName, channel)
    knowsParameter(whenName, when)
    return PaceRule(channel: channelName, when: whenName)
  }

  private func serialKey(_ name: String, _ source: DocumentValue) -> SerialKeyRule {
    knowsParameter(name, source)
    return SerialKeyRule(name)
  }

  private func knowsParameter(_ name: String, _ source: DocumentValue) {
    let known = parameters.propertyNames
    guard !known.contains(name) else { return }
    source.error(
      "unknown_parameter",
      "\(id) has no parameter \"\(name)\"" + Suggestion.text(for: name, among: known),
      nearest: Suggestion.nearest(to: name, among: known))
  }

  private mutating func readErrors(_ source: DocumentValue?) {
    errors =
      source?.elements(atMost: 100) { element in
        guard let object = element.object(keys: ["code", "class", "description"]) else {
          return nil
        }
        let code = object.required("code")?.name()
        let errorClass = object.required("class")?.choice(ErrorClass.self)
        guard let code, let errorClass else { return nil }
        return ActionErrorManifest(
          code: code, class: errorClass, description: object["description"]?.text())
      } ?? []
    source?.unique(errors.map(\.code), what: "error code")
  }

  /// The examples, each valid against the schemas: dry runs answer with them.
  private mutating func readExamples(_ source: DocumentValue?) {
    examples =
      source?.elements(atMost: PipelineLimits.examples) { element in
        guard let object = element.object(keys: ["title", "with", "result", "error", "http"])
        else { return nil }
        if let with = object.required("with") { report(parameters, with) }
        if let value = object["result"], let result { report(result, value) }
        return element.value
      } ?? []
  }

  private func report(_ schema: JSONSchema, _ source: DocumentValue) {
    for violation in schema.validate(source.value) {
      source.error("bad_example", "the example does not fit the schema: \(violation.message)")
    }
  }
}

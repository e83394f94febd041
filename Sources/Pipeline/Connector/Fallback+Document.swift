// SPDX-License-Identifier: Apache-2.0
// Reading fallbacks and their rules.

import Values

extension Fallback {
  /// - Parameters:
  ///   - depth: how many fallbacks stand around this one
  ///   - standIn: the id of actions that need none, of which rules make `standIn.N`
  static func read(
    _ source: DocumentValue, depth: Int = 0, standIn: String? = nil
  ) -> Fallback? {
    guard source.value.asList != nil else { return readText(source) }
    guard depth < PipelineLimits.fallbackDepth else {
      source.error(
        "too_deep",
        "more than \(PipelineLimits.fallbackDepth) fallbacks stand inside each other: end the "
          + "chain with \"stop\" or \"continue\"")
      return nil
    }
    guard let list = source.list(atMost: PipelineLimits.fallbackRules) else { return nil }
    if list.isEmpty {
      source.error("empty", "\"fallback\" has no rule: write \"stop\", \"continue\" or a rule")
    }
    let rules = list.enumerated().compactMap { index, element in
      FallbackRule.read(element, depth: depth, standIn: standIn.map { "\($0).\(index + 1)" })
    }
    let first = rules.firstIndex { $0.classes.isEmpty && $0.codes.isEmpty }
    if let first, first < list.count - 1, rules.count == list.count {
      list[first + 1].warning(
        "dead_rule", "this rule is never reached: element \(first) of \"fallback\" matches always")
    }
    return .rules(rules)
  }

  /// - Parameter forms: what may stand here, for messages
  static func readText(
    _ source: DocumentValue, forms: String = "\"stop\", \"continue\" or a list of rules"
  ) -> Fallback? {
    guard let text = source.value.asText else {
      source.wrongType(forms)
      return nil
    }
    if let fallback = Fallback(text) { return fallback }
    let nearest = Suggestion.nearest(to: text, among: ["stop", "continue"])
    let hint = nearest.map { "did you mean \"\($0)\"?" }
    source.error(
      "unknown_value",
      "unknown \(source.label) \"\(text)\": " + (hint ?? "write \(forms)"),
      nearest: nearest)
    return nil
  }
}

extension FallbackRule {
  static func read(_ source: DocumentValue, depth: Int, standIn: String?) -> FallbackRule? {
    guard let object = source.object(keys: ["on", "do"]) else { return nil }
    let act = object.required("do").flatMap {
      FallbackAct.read($0, depth: depth, standIn: standIn)
    }
    var classes: [ErrorClass] = []
    var codes: [String] = []
    if let on = object["on"], let names = on.object(keys: ["class", "code"]) {
      classes = names["class"]?.elements(atMost: 10) { $0.choice(ErrorClass.self) } ?? []
      codes = names["code"]?.texts(atMost: 100, length: 100) ?? []
      if on.value["class"]?.isEmpty ?? true, on.value["code"]?.isEmpty ?? true {
        on.error(
          "empty", "\"on\" names no class and no code: name one, or leave it out to match always")
      }
    }
    guard let act else { return nil }
    return FallbackRule(classes: classes, codes: codes, act: act)
  }
}

extension FallbackAct {
  static func read(_ source: DocumentValue, depth: Int, standIn: String?) -> FallbackAct? {
    let forms = "\"stop\", \"continue\", {\"goto\": \"step\"} or {\"action\": {}}"
    switch source.value {
    case .text("stop"): return .stop
    case .text("continue"): return .continue
    case .text(let text):
      source.error("unknown_value", "unknown \"do\" \"\(text)\": write \(forms)")
      return nil
    case .object: break
    default:
      source.wrongType(forms)
      return nil
    }
    guard let object = source.object(keys: ["goto", "action"]) else { return nil }
    guard (object["goto"] == nil) != (object["action"] == nil) else {
      source.error("several_kinds", "\"do\" is one thing: write \(forms)")
      return nil
    }
    if let target = object["goto"] { return target.name().map { .goto(StepID($0)) } }
    return object["action"].flatMap { source in
      ActionComponent.read(source, depth: depth + 1, standIn: standIn).map { .action($0) }
    }
  }
}

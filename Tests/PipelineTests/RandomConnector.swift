// SPDX-License-Identifier: Apache-2.0
// Connectors of every component, made from a seed.

import Pipeline

/// A small generator of our own, so that a failing seed reproduces.
struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(sides))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }
}

/// Writes the steps of a connector: filters that jump, conditions, loops, waits, fallbacks.
struct RandomConnector {
  var dice: Dice
  private let count: Int
  private var last = 0

  init(seed: UInt64) {
    dice = Dice(state: seed)
    count = 2 + dice.roll(5)
  }

  mutating func steps() -> String {
    let steps = (0..<count).map { step($0) }
    return "[" + steps.joined(separator: ",\n") + "]"
  }

  private mutating func step(_ index: Int) -> String {
    let isLoop = dice.roll(3) == 0
    let mayWait = !isLoop || dice.roll(3) == 0
    let components = (0...dice.roll(4)).map { inner in
      component("c\(index)_\(inner)", step: index, isLoop: isLoop, mayWait: mayWait)
    }
    let loop = isLoop ? forEach() : ""
    let isEnabled = dice.roll(8) > 0
    return """
      {"id": "s\(index)", "enabled": \(isEnabled), \(loop) "components": [
        \(components.joined(separator: ",\n"))]}
      """
  }

  private mutating func forEach() -> String {
    let list = dice.pick(["{{event.list}}", "{{event.none}}", "{{event.n}}"])
    let wait = dice.pick(["all", "none"])
    let failed = dice.pick(["continue", "continue", "stop"])
    return
      #""for_each": {"in": "\#(list)", "wait": "\#(wait)", "on_element_failed": "\#(failed)"},"#
  }

  private mutating func condition(isLoop: Bool) -> String {
    let left = isLoop && dice.roll(2) == 0 ? "{{index}}" : "{{event.n}}"
    return #"{"left": "\#(left)", "type": "number", "op": "at_least", "right": \#(dice.roll(4))}"#
  }

  private mutating func component(
    _ id: String, step: Int, isLoop: Bool, mayWait: Bool
  ) -> String {
    switch dice.roll(8) {
    case 0, 1:
      let condition = condition(isLoop: isLoop)
      return
        #"{"filter": {"id": "\#(id)", "all": [\#(condition)]}, "else": \#(branch(step, isLoop))}"#
    case 2:
      return #"{"format": {"id": "\#(id)", "save": "f_\#(id)", "values": {"#
        + #""n": "{{event.n}}", "gone": "{{event.gone}}"}}}"#
    case 3 where mayWait: return delay(id)
    case 4 where mayWait && !isLoop:
      return #"{"wait_for_message": {"id": "\#(id)", "save": "m_\#(id)", "within": "1 h"}, "#
        + #""else": \#(branch(step, isLoop))}"#
    default: return action(id, step: step, isLoop: isLoop, depth: 0)
    }
  }

  private mutating func branch(_ step: Int, _ isLoop: Bool) -> String {
    if step + 1 < count, !isLoop, dice.roll(2) == 0 {
      return #"{"goto": "s\#(step + 1 + dice.roll(count - step - 1))"}"#
    }
    return dice.roll(8) == 0 ? #""stop""# : #""next_step""#
  }

  private mutating func delay(_ id: String) -> String {
    let basis = dice.pick([
      #""amount": "1 h""#, #""amount": "2 d", "from": "event""#, #""amount": "0 s""#,
      #""on": "{{event.day}}""#, #""amount": "1 d", "before": "{{event.day}}""#,
      #""on": "2020-01-01""#,
    ])
    let past = dice.pick(["skip_step", "run_now", "run_now"])
    return
      #"{"delay": {"id": "\#(id)", \#(basis), "past_due": "\#(past)", "expires_after": "1 h", "#
      + #""identifier": ["{{event.n}}", "{{event.gone}}"]}}"#
  }

  private mutating func action(_ id: String, step: Int, isLoop: Bool, depth: Int) -> String {
    let extra = dice.roll(3) == 0 ? #", "if": \#(condition(isLoop: isLoop))"# : ""
    let uses = [
      #""use": "shop.ask", "with": {"question": "{{action.c0_0.status}} {{v_c0_0.id}}"}"#,
      #""use": "shop.order", "with": {"item": "x", "count": 1}"#,
      #""use": "people.find", "with": {"number": "1"}"#,
    ]
    return """
      {"action": {"id": "\(id)", \(dice.pick(uses)), "save": "v_\(id)",
        "on_unknown": "\(dice.pick(["continue", "fail"]))",
        "fallback": \(fallback(id, step: step, isLoop: isLoop, depth: depth))\(extra)}}
      """
  }

  private mutating func fallback(_ id: String, step: Int, isLoop: Bool, depth: Int) -> String {
    switch dice.roll(5) {
    case 0: return #""stop""#
    case 1, 2: return #""continue""#
    default: break
    }
    var rules = [#"{"on": {"class": ["timeout"], "code": ["no"]}, "do": "continue"}"#]
    if step + 1 < count, !isLoop {
      rules.append(#"{"on": {"class": ["unknown_outcome"]}, "do": {"goto": "s\#(step + 1)"}}"#)
    }
    if depth < 2 {
      let inner = action("\(id)_x", step: step, isLoop: isLoop, depth: depth + 1)
      rules.insert(#"{"on": {"class": ["failed"]}, "do": \#(inner)}"#, at: dice.roll(2))
    }
    return "[\(rules.joined(separator: ", "))]"
  }
}

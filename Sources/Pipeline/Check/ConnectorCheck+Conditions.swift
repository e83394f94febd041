// SPDX-License-Identifier: Apache-2.0
// Checking operands of conditions that are written out.

import Calendar
import Values

extension ConnectorCheck {
  func checkConditions() {
    for (index, step) in connector.steps.enumerated() {
      for (inner, component) in step.components.enumerated() {
        guard case .filter = component else { continue }
        let path = DocumentPath.component(Position(step: index, component: inner), component)
        checkConditions(below: path)
      }
    }
    for site in connector.actionSites where site.action.condition != nil {
      checkConditions(below: site.path.appending("if"))
    }
  }

  private func checkConditions(below path: DocumentPath) {
    guard let value = connector.document.value(at: path) else { return }
    for key in ["all", "any"] {
      for index in (value[key]?.asList ?? []).indices {
        checkConditions(below: path.appending(key).appending(index))
      }
    }
    guard let type = value["type"]?.asText.flatMap(ConditionType.init),
      let op = value["op"]?.asText.flatMap(ConditionOperator.init), let right = value["right"]
    else { return }
    let place = path.appending("right")
    let operands = op.operands == .pair ? right.asList ?? [] : [right]
    for (index, operand) in operands.enumerated() {
      let at = op.operands == .pair ? place.appending(index) : place
      check(operand, type: op.wantsCount ? .number : type, isCount: op.wantsCount, at: at)
    }
    if op.operands == .pair {
      checkOrder(operands, type: op.wantsCount ? .number : type, at: place)
    }
  }

  /// Warns of two literals of which the first is the later: nothing lies between them, also where
  /// a night was meant.
  private func checkOrder(_ pair: [JSONValue], type: ConditionType, at path: DocumentPath) {
    guard pair.count == 2, !pair.contains(where: { contains($0.asText ?? "", "{{") }) else { return }
    let test = ConditionTest(type: type, operator: .between)
    let first = test.verdict(left: pair[0], right: .list(pair), zone: context.zone)
    // What does not parse has a note, and is an error already.
    guard !first.passed, first.note == nil else { return }
    let words = pair.map { $0.asText ?? $0.json }
    warning(
      "empty_range",
      "nothing is between \(words[0]) and \(words[1]): write the smaller one first"
        + (type == .time ? ", and for a time over midnight the opposite operator" : ""),
      at: path)
  }

  /// A literal that does not parse makes its condition false for every event.
  private func check(
    _ operand: JSONValue, type: ConditionType, isCount: Bool, at path: DocumentPath
  ) {
    if let text = operand.asText, contains(text, "{{") { return }
    let wanted: String
    switch type {
    case .number:
      let number = ConditionNumber(operand)
      guard isCount ? (number?.whole ?? -1) < 0 : number == nil else { return }
      wanted = isCount ? "a whole number from 0 on" : "a number"
    case .dateTime, .date:
      guard Moment(operand, zone: .utc) == nil else { return }
      wanted = "a date, such as \"2026-11-22\" or \"2026-11-22T10:00:00Z\""
    default: return
    }
    error(
      "bad_operand",
      "\"right\" is \(operand.asText.map { "\"\($0)\"" } ?? operand.json): expected \(wanted)",
      at: path)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Reading a filter, and where a run goes when it does not hold.

import Values

extension FilterComponent {
  static func read(
    _ source: DocumentValue, otherwise: FilterElse?, standIn: String
  ) -> FilterComponent? {
    let conditions = Condition.readTree(source, beside: ["id", "title"])
    var id: String? = standIn
    if let written = source.value["id"] {
      id =
        DocumentValue(written, path: source.path.appending("id"), findings: source.findings).name()
    }
    guard let conditions, let id, let otherwise else { return nil }
    return FilterComponent(id: ComponentID(id), conditions: conditions, otherwise: otherwise)
  }
}

extension FilterElse {
  static func read(_ source: DocumentValue) -> FilterElse? {
    switch source.value {
    case .text("next_step"): return .nextStep
    case .text("stop"): return .stop
    case .object:
      return source.object(keys: ["goto"])?.required("goto")?.name().map { .goto(StepID($0)) }
    case .text(let text):
      source.error(
        "unknown_value",
        "unknown \"else\" \"\(text)\": write \"next_step\", \"stop\" or {\"goto\": \"step\"}")
      return nil
    default:
      source.wrongType("\"next_step\", \"stop\" or {\"goto\": \"step\"}")
      return nil
    }
  }
}

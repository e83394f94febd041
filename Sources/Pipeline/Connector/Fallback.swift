// SPDX-License-Identifier: Apache-2.0
// What happens after an action has failed.

/// The fallback of an action.
///
/// **Source** spec/formats.md 1.14.
package indirect enum Fallback: Sendable, Hashable {
  /// The run fails here.
  case stop
  /// The next component runs.
  case `continue`
  /// The first rule that matches; none: the run fails here.
  case rules([FallbackRule])

  /// `stop`, `continue` or `rules`, for people.
  package var text: String {
    switch self {
    case .stop: "stop"
    case .continue: "continue"
    case .rules: "rules"
    }
  }

  /// Of `stop` and `continue`; rules have no text.
  package init?(_ text: String) {
    switch text {
    case "stop": self = .stop
    case "continue": self = .continue
    default: return nil
    }
  }

  /// What a failure leads to.
  package func act(on failure: ActionFailure) -> FallbackAct {
    switch self {
    case .stop: .stop
    case .continue: .continue
    case .rules(let rules): rules.first { $0.matches(failure) }?.act ?? .stop
    }
  }

  /// The actions its rules may call, in order.
  package var actions: [ActionComponent] {
    guard case .rules(let rules) = self else { return [] }
    return rules.compactMap { if case .action(let action) = $0.act { action } else { nil } }
  }
}

/// One rule of a fallback.
package struct FallbackRule: Sendable, Hashable {
  /// Any of them matches; with no class and no code every failure does.
  package var classes: [ErrorClass] = []
  /// Ours or the provider's.
  package var codes: [String] = []
  package var act: FallbackAct

  package init(classes: [ErrorClass] = [], codes: [String] = [], act: FallbackAct) {
    self.classes = classes
    self.codes = codes
    self.act = act
  }

  package func matches(_ failure: ActionFailure) -> Bool {
    if classes.isEmpty && codes.isEmpty { return true }
    return classes.contains(failure.class) || codes.contains(failure.code)
      || failure.providerCode.map(codes.contains) ?? false
      || failure.isOverdue && classes.contains(.timeout)
  }
}

/// What a rule of a fallback does.
package indirect enum FallbackAct: Sendable, Hashable {
  case stop
  case `continue`
  /// Forwards only.
  case goto(StepID)
  /// Another action in place of the failed one.
  case action(ActionComponent)
}

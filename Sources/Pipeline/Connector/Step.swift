// SPDX-License-Identifier: Apache-2.0
// A step of a connector and what it may hold.

/// A step: components in the user's order, once or for each element of a list.
package struct Step: Sendable, Hashable {
  package var id: StepID
  package var title: String?
  package var isEnabled = true
  package var forEach: ForEach?
  package var components: [Component] = []

  /// Whether its elements run as runs of their own, because one of them may wait.
  package var needsChildRuns: Bool {
    guard forEach != nil else { return false }
    return components.contains { component in
      switch component {
      case .delay, .waitForMessage: true
      case .filter, .format, .action: false
      }
    }
  }
}

/// One component of a step.
package enum Component: Sendable, Hashable {
  case filter(FilterComponent)
  case delay(DelayComponent)
  case format(FormatComponent)
  case action(ActionComponent)
  case waitForMessage(MessageWaitComponent)

  package var id: ComponentID {
    switch self {
    case .filter(let filter): filter.id
    case .delay(let delay): delay.id
    case .format(let format): format.id
    case .action(let action): action.id
    case .waitForMessage(let wait): wait.id
    }
  }

  /// The key the component stands under in its document.
  package var kind: String {
    switch self {
    case .filter: "filter"
    case .delay: "delay"
    case .format: "format"
    case .action: "action"
    case .waitForMessage: "wait_for_message"
    }
  }
}

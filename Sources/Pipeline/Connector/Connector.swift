// SPDX-License-Identifier: Apache-2.0
// A connector: what happens when an event comes in.

import Values

/// A connector's document, read. A run keeps the version it started with.
///
/// **Source** spec/formats.md 1, spec/engine.md.
package struct Connector: Sendable {
  /// The text it was read from; positions of later findings come from it.
  package let document: JSONDocument
  package var project: ProjectID
  package var name: ConnectorName
  package var title: String?
  package var description: String?
  package var isEnabled = true
  package var timeZone: String?
  package var trigger: WebhookTrigger
  package var contact: ContactMapping?
  package var steps: [Step] = []

  /// The zone of dates without one; nil leaves it to the project.
  package var zone: ZoneOffset? { timeZone.flatMap(ZoneOffset.init) }

  package func stepIndex(_ id: StepID) -> Int? { steps.firstIndex { $0.id == id } }

  /// Every action with its place, in the order of the document.
  package var actions: [(position: Position, action: ActionComponent)] {
    var found: [(Position, ActionComponent)] = []
    for (stepIndex, step) in steps.enumerated() {
      for (index, component) in step.components.enumerated() {
        guard case .action(let action) = component else { continue }
        found.append((Position(step: stepIndex, component: index), action))
      }
    }
    return found
  }
}

/// A step: components in the user's order.
package struct Step: Sendable, Hashable {
  package var id: StepID
  package var title: String?
  package var isEnabled = true
  package var components: [Component] = []
}

/// One component of a step.
package enum Component: Sendable, Hashable {
  case filter(FilterComponent)
  case action(ActionComponent)

  package var id: ComponentID {
    switch self {
    case .filter(let filter): filter.id
    case .action(let action): action.id
    }
  }
}

/// A filter: when it does not hold, the rest of the step is not run.
package struct FilterComponent: Sendable, Hashable {
  /// As written, or `step.N` of the component's number when none is.
  package var id: ComponentID
  package var conditions: ConditionTree<Condition>
  package var otherwise: FilterElse = .nextStep
}

/// Where a run goes when a filter does not hold.
package enum FilterElse: Sendable, Hashable {
  case nextStep
  case stop
  /// Forwards only.
  case goto(StepID)
}

/// An action with its parameters.
package struct ActionComponent: Sendable, Hashable {
  package var id: ComponentID
  package var title: String?
  package var use: ActionID
  package var with: TemplateTree
  package var save: String?
  /// Runs only if it holds; else the action is skipped.
  package var condition: ConditionTree<Condition>?
  package var timeout: Duration?
  package var onUnknown: OnUnknown = .fail
  package var fallback: Fallback?
}

/// A place in a connector: indices of the step and of its component.
package struct Position: Sendable, Hashable, Comparable {
  package var step: Int
  package var component: Int

  package init(step: Int, component: Int) {
    self.step = step
    self.component = component
  }

  package static func < (left: Position, right: Position) -> Bool {
    (left.step, left.component) < (right.step, right.component)
  }
}

// SPDX-License-Identifier: Apache-2.0
// A connector: what happens when an event comes in.

import Calendar
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
  package var options = ConnectorOptions()
  package var trigger: Trigger
  package var contact: ContactMapping?
  package var respond: RespondMapping?
  package var steps: [Step] = []

  /// The zone of dates without one; nil leaves it to the project.
  package func zone(in zones: ZoneSource) -> Zone? { timeZone.flatMap { zones($0) } }

  /// The webhook, where that is the trigger.
  package var webhook: WebhookTrigger? {
    if case .webhook(let webhook) = trigger { webhook } else { nil }
  }

  /// What runs before the first step: the contact mapping as an action.
  package var prelude: Step? { contact?.step }

  /// The step of an index; `Position.preludeStep` is the prelude.
  package func step(at index: Int) -> Step? {
    if index == Position.preludeStep { return prelude }
    return steps.indices.contains(index) ? steps[index] : nil
  }

  package func stepIndex(_ id: StepID) -> Int? { steps.firstIndex { $0.id == id } }

  /// Every action with its place, in the order of the document; fallbacks' actions are inside.
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

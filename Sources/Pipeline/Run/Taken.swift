// SPDX-License-Identifier: Apache-2.0
// The fallback that was taken after a failure.

import Values

/// What happened instead of a failed action.
package enum Taken: Sendable, Hashable {
  /// The run, or the element of a loop, failed there.
  case stop
  /// The next component ran.
  case `continue`
  case goto(StepID)
  /// Another action was called in its place.
  case action(ComponentID)

  /// **Shape** `"stop"`, `"continue"`, `{"goto": step}` or `{"action": component}`.
  package var value: JSONValue {
    switch self {
    case .stop: "stop"
    case .continue: "continue"
    case .goto(let step): ["goto": .text(step.rawValue)]
    case .action(let action): ["action": .text(action.rawValue)]
    }
  }

  /// From that value; nil for any other.
  package init?(value: JSONValue) {
    if let step = value["goto"]?.asText {
      self = .goto(StepID(step))
    } else if let action = value["action"]?.asText {
      self = .action(ComponentID(action))
    } else if value == "stop" {
      self = .stop
    } else if value == "continue" {
      self = .continue
    } else {
      return nil
    }
  }
}

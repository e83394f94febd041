// SPDX-License-Identifier: Apache-2.0
// What the checks call actions with.

import Pipeline
import Schema
import Values

/// Parameters of an action with what the outside answers: an example of the manifest, or made from
/// the schema where an action has none.
struct CallSample: Sendable {
  /// The action's place in the manifest.
  let index: Int
  let action: ActionManifest
  /// As the host hands them over: brought to the schema's types, defaults applied.
  let parameters: JSONValue
  let exchanges: [JSONValue]
  /// nil where it was made from the schema.
  let example: JSONValue?
  /// `hello.greet, example 2`.
  let name: String

  static func all(of manifest: PluginManifest) -> [CallSample] {
    manifest.actions.enumerated().flatMap { index, action -> [CallSample] in
      guard !action.examples.isEmpty else { return [made(index, action)] }
      return action.examples.enumerated().map { number, example in
        CallSample(
          index: index, action: action,
          parameters: action.parameters.coerce(example["with"] ?? [:]),
          exchanges: example["http"]?.asList ?? [], example: example,
          name: "\(action.id), example \(number + 1)")
      }
    }
  }

  private static func made(_ index: Int, _ action: ActionManifest) -> CallSample {
    var values = SchemaValues(random: ProbeRandom(seed: 1), isMinimal: true)
    return CallSample(
      index: index, action: action,
      parameters: action.parameters.coerce(values.value(of: action.parameters.raw)),
      exchanges: [], example: nil, name: "\(action.id)")
  }
}

extension Probe {
  var samples: [CallSample] { CallSample.all(of: manifest) }
}

// SPDX-License-Identifier: Apache-2.0
// A built plugin, run in this process as a worker would run it.
import CJackfield
import Pipeline
import PluginRuntime
import Schema
import TestKit
import Values

/// How a call ended.
struct Outcome: Equatable {
  /// The result, or nil when the action failed.
  var value: JSONValue?
  var errorClass: ErrorClass?
  /// {code, message, provider_code?, retry_after_ms?, detail?}.
  var error: JSONValue?

  var code: String? { error?["code"]?.asText }
  var message: String? { error?["message"]?.asText }
  var providerCode: String? { error?["provider_code"]?.asText }
  var retryAfter: Int64? { error?["retry_after_ms"]?.asInteger }
}

/// One plugin, loaded.
struct PluginUnderTest {
  let manifest: PluginManifest
  let library: String

  /// A bundled plugin of this build; `library` is another image for the same manifest.
  init(_ id: String, library: String? = nil) throws {
    guard let manifest = PluginFiles.manifests[id] else {
      throw BrokenManifest(id: id, findings: PluginFiles.manifest(id).findings)
    }
    self.manifest = manifest
    self.library = library ?? BuiltProducts.library(id)
  }

  struct BrokenManifest: Error {
    let id: String
    let findings: [Finding]
  }

  /// Runs an action as the host does: parameters brought to the schema's types and checked first,
  /// the result and the error's code checked afterwards.
  func run(
    _ action: String, _ given: JSONValue, in world: ScriptedWorld, contact: String? = nil,
    services: [String] = PluginUnderTest.services
  ) throws -> Outcome {
    guard let index = manifest.actions.firstIndex(where: { $0.id.rawValue == action }) else {
      throw Mistake(reason: "\(action) is not in the manifest")
    }
    let declared = manifest.actions[index]
    let parameters = declared.parameters.coerce(given)
    let violations = declared.parameters.validate(parameters)
    guard violations.isEmpty else { throw Mistake(reason: "\(violations)") }
    world.newCall()
    var outcome = try run(index, parameters, world, contact, services)
    // What only the commit knows takes its place before anybody reads the result.
    outcome.value = outcome.value.map { DeferredValues.fill($0, world.runs.deferred) }
    if let value = outcome.value, let schema = declared.result {
      let violations = schema.validate(value)
      guard violations.isEmpty else { throw Mistake(reason: "\(violations) in \(value)") }
    }
    if let code = outcome.code, !world.serviceCodes.contains(code) {
      guard let known = declared.errors.first(where: { $0.code == code }) else {
        throw Mistake(reason: "\(action) does not declare its error \(code): \(outcome)")
      }
      guard known.class == outcome.errorClass else {
        throw Mistake(reason: "\(code) is declared as \(known.class), came as \(outcome)")
      }
    }
    return outcome
  }

  /// Every interface a worker may be offered.
  static let services = [
    JF_HTTP_INTERFACE, JF_MAIL_INTERFACE, JF_RECORDS_INTERFACE, JF_RUNS_INTERFACE,
    JF_EVENTS_INTERFACE,
    JF_BLOBS_INTERFACE,
  ]

  struct Mistake: Error {
    let reason: String
  }

  private func run(
    _ index: Int, _ parameters: JSONValue, _ world: ScriptedWorld, _ contact: String?,
    _ services: [String]
  ) throws -> Outcome {
    let image = try PluginImage.load(path: library)
    let instance = try RuntimeInstance(
      opening: image, settings: Array("{}".utf8),
      services: services, backend: world)
    defer { instance.close() }
    let actions = try instance.actions(manifest.actions.map(\.id.rawValue))
    var context: JSONObject = [
      "project": "acme", "connector": "orders", "run": "7", "action": "welcome", "attempt": 1,
      "time_zone": "UTC", "constants": [:],
    ]
    if let contact { context["contact"] = ["id": .text(contact)] }
    let result = actions.run(
      .init(
        number: 1, action: index, budgetMS: 60_000, key: Array("run-7-welcome-1".utf8)[...],
        context: JSONValue.object(context).jsonBytes[...], parameters: parameters.jsonBytes[...]))
    let json = try JSONValue(parsing: result.json)
    guard result.status != 0 else { return Outcome(value: json) }
    return Outcome(errorClass: ErrorClass(status: result.status), error: json)
  }
}

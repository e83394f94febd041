// SPDX-License-Identifier: Apache-2.0
// What a probe is told.

import Pipeline
import Values

/// One check to be asked of one plugin.
///
/// **Shape** `{check, file, libraries, seed, reproduces?, fuzz_ms, manifest, world, types}`.
struct ProbeOrder {
  let value: JSONValue

  /// `libraries` are the files that the image's loading reads.
  init(check: String, run: CheckRun, libraries: [String]) {
    var order: JSONObject = [
      "check": .text(check), "file": .text(run.subject.imagePath),
      "seed": .text(String(run.seed)), "fuzz_ms": .integer(Int64(run.fuzzSeconds) * 1_000),
      "manifest": .text(run.subject.manifestText), "world": run.subject.world,
    ]
    order["libraries"] = .list(libraries.map { .text($0) })
    if let seed = run.reproduces { order["reproduces"] = .text(String(seed)) }
    var types: JSONObject = [:]
    for (name, fields) in run.types where run.uses(name) {
      types[name] = .object(JSONObject(fields.map { ($0.key, .text($0.value.rawValue)) }))
    }
    order["types"] = .object(types)
    value = .object(order)
  }

  /// As the probe reads it.
  init(_ value: JSONValue) { self.value = value }

  var check: String { value["check"]?.asText ?? "" }
  var file: String { value["file"]?.asText ?? "the image" }
  var seed: UInt64 { value["seed"]?.asText.flatMap { UInt64($0) } ?? 0 }
  var reproduces: UInt64? { value["reproduces"]?.asText.flatMap { UInt64($0) } }
  var libraries: [String] { value["libraries"]?.asList?.compactMap(\.asText) ?? [] }
  var fuzzMS: Int64 { value["fuzz_ms"]?.asInteger ?? 0 }
  var manifestText: String { value["manifest"]?.asText ?? "" }
  var world: JSONValue { value["world"] ?? [:] }

  var types: [String: [String: ConditionType]] {
    var types: [String: [String: ConditionType]] = [:]
    for (name, fields) in value["types"]?.asObject ?? [:] {
      for (field, type) in fields.asObject ?? [:] {
        types[name, default: [:]][field] = type.asText.flatMap(ConditionType.init)
      }
    }
    return types
  }
}

extension CheckRun {
  /// Whether the plugin may read or write a collection, or declares it.
  fileprivate func uses(_ collection: String) -> Bool {
    guard let manifest = subject.manifest else { return false }
    return manifest.grants.readCollections.contains(collection)
      || manifest.grants.writeCollections.contains(collection)
      || manifest.collections.contains { $0.name == collection }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Whether a plugin's documents can be used.

import Pipeline
import PluginHost
import Schema
import Values

/// Reads plugin.json and check.json.
enum ManifestReading {
  static func check(_ subject: CheckSubject) -> CheckFinding {
    if let problem = subject.worldProblem { return .fail(problem) }
    let found = subject.problems.filter { !ImageReading.codes.contains($0.code) }
    let errors = found.filter { $0.severity == .error }
    if !errors.isEmpty {
      return .fail(text(errors), lacks: subject.plugin == nil ? .manifest : nil)
    }
    if !found.isEmpty { return .warning(text(found)) }
    guard let manifest = subject.manifest else { return .fail("plugin.json cannot be read") }
    if let problem = serviceProblem(manifest) {
      return .fail(problem)
    }
    let world = CheckWorld(subject.world)
    let problem = settingsProblem(world, manifest) ?? worldProblem(world, manifest)
    if let problem { return .fail("\(subject.folder)/check.json: \(problem)") }
    let bare = manifest.actions.filter { $0.examples.isEmpty }.map(\.id.rawValue)
    guard bare.isEmpty else {
      return .warning(
        "no example: \(bare.joined(separator: ", ")): give each action an example, a dry run "
          + "answers with it and the checks below call it")
    }
    return .pass("\(manifest.id) \(manifest.version), ABI \(manifest.abi)")
  }

  private static func serviceProblem(_ manifest: PluginManifest) -> String? {
    let known = Probe.allServices
    let unknown = manifest.requiredInterfaces.first { !known.contains($0) }
    return unknown.map {
      "\"requires\" names the service \"\($0)\", which this host does not have"
        + Suggestion.text(for: $0, among: known)
    }
  }

  private static func settingsProblem(
    _ world: CheckWorld, _ manifest: PluginManifest
  ) -> String? {
    guard let schema = manifest.settings else { return nil }
    return schema.validate(schema.coerce(world.settings)).first.map {
      "its \"settings\" do not fit the manifest's: \($0.message)"
    }
  }

  /// What no call could ever see: most often a name that is mistyped.
  private static func worldProblem(
    _ world: CheckWorld, _ manifest: PluginManifest
  ) -> String? {
    let known = manifest.grants.readCollections + manifest.grants.writeCollections
    if let other = world.records.collections.keys.filter({ !known.contains($0) }).min() {
      return "it has records of \"\(other)\", which the manifest does not ask to read or write"
        + Suggestion.text(for: other, among: known)
    }
    let kinds = manifest.credentials.map(\.kind)
    for (name, credential) in world.credentials.sorted(by: { $0.key < $1.key }) {
      let kind = credential["kind"]?.asText ?? ""
      guard !kinds.contains(kind) else { continue }
      return "its credential \"\(name)\" is of the kind \"\(kind)\", which the manifest does not "
        + "declare" + Suggestion.text(for: kind, among: kinds)
    }
    return nil
  }

  private static func text(_ problems: [LoadProblem]) -> String {
    problems.map(\.message).joined(separator: "\n  ")
  }
}

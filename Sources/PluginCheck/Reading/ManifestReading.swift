// SPDX-License-Identifier: Apache-2.0
// Whether a plugin's documents can be used.

import Pipeline
import PluginHost
import Schema

/// Reads plugin.json and check.json.
enum ManifestReading {
  static func check(_ subject: CheckSubject) -> CheckFinding {
    if let problem = subject.worldProblem { return .fail(problem) }
    let found = subject.problems.filter { !ImageReading.codes.contains($0.code) }
    let errors = found.filter { $0.severity == .error }
    if !errors.isEmpty { return .fail(text(errors), lacks: subject.plugin == nil ? .manifest : nil) }
    if !found.isEmpty { return .warning(text(found)) }
    guard let manifest = subject.manifest else { return .fail("plugin.json cannot be read") }
    if let problem = settingsProblem(subject, manifest) { return .fail(problem) }
    let bare = manifest.actions.filter { $0.examples.isEmpty }.map(\.id.rawValue)
    guard bare.isEmpty else {
      return .warning(
        "no example: \(bare.joined(separator: ", ")): give each action an example, a dry run "
          + "answers with it and the checks below call it")
    }
    return .pass("\(manifest.id) \(manifest.version), ABI \(manifest.abi)")
  }

  private static func settingsProblem(
    _ subject: CheckSubject, _ manifest: PluginManifest
  ) -> String? {
    guard let schema = manifest.settings else { return nil }
    let settings = schema.coerce(CheckWorld(subject.world).settings)
    return schema.validate(settings).first.map {
      "the \"settings\" of check.json do not fit the manifest's: \($0.message)"
    }
  }

  private static func text(_ problems: [LoadProblem]) -> String {
    problems.map(\.message).joined(separator: "\n  ")
  }
}

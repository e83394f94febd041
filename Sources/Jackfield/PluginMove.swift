// SPDX-License-Identifier: Apache-2.0
// A project on its way from one build of a plugin to another.
import HostServices
import Pipeline
import PluginHost
import Values

/// Whether a project went to another build of a plugin, and if not, why.
package struct PluginMove: Sendable {
  package enum Verdict: Sendable {
    case moved
    /// It stays on the build it had.
    ///
    /// **Shape** `code` is `held`, `pinned`, `incompatible`, `asks_for_more` or `available`.
    case stays(code: String, reason: String)
  }

  package let project: ProjectID
  package let plugin: PluginID
  /// Versions.
  package let from: String
  package let to: String
  package let verdict: Verdict
  /// What a person has to look after, such as connectors that do not check any more.
  package var warnings: [String] = []

  package var isMoved: Bool { if case .moved = verdict { true } else { false } }

  /// One line for a person.
  package var text: String {
    switch verdict {
    case .moved where from == to: "project \(project) is on \(plugin) \(to)"
    case .moved: "project \(project): \(plugin) \(from) → \(to)"
    case .stays(_, let reason): "project \(project) stays on \(plugin) \(from): \(reason)"
    }
  }

  /// **Shape** `{project, from, to, moved, code?, reason?, warnings?}`.
  package var value: JSONValue {
    var value: JSONObject = [
      "project": .text(project.rawValue), "from": .text(from), "to": .text(to),
      "moved": .boolean(isMoved),
    ]
    if case .stays(let code, let reason) = verdict {
      value["code"] = .text(code)
      value["reason"] = .text(reason)
    }
    if !warnings.isEmpty { value["warnings"] = .list(warnings.map { .text($0) }) }
    return .object(value)
  }
}

extension PluginGrants {
  /// What a build asks for that is neither granted nor was asked for by the build in use: what the
  /// operator withheld from that one, this one does not get either.
  func askedAnew(by new: PluginManifest, after old: PluginManifest) -> [Grant] {
    let known = old.grants.named
    return missing(of: new.grants).filter { !known.contains($0) }
  }
}

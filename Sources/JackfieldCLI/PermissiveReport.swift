// SPDX-License-Identifier: Apache-2.0
// What a permissive host says: before, that nothing is denied; after, what was used.
import HostServices
import Jackfield
import Pipeline
import Values

/// The words of `--permissive`.
enum PermissiveReport {
  static let option = Option(
    "permissive", help: "deny plugins nothing, and print what they used as their \"grants\"")

  static let warning =
    "PERMISSIVE: plugins may do what they were not granted: use any credential, reach any host, "
    + "this machine's own network too"

  /// **Shape** `{ID: {grants, beyond: []}}`.
  static func value(_ host: Host) -> JSONValue {
    var value = JSONObject()
    for (plugin, use) in host.usedGrants() {
      value[plugin.rawValue] = [
        "grants": use.request, "beyond": .list(use.beyond.map { .text($0.text) }),
      ]
    }
    return .object(value)
  }

  static func text(_ host: Host) -> String {
    var text = ""
    for (plugin, use) in host.usedGrants() {
      text += "\nplugin \(plugin) used, as \"grants\" of its plugin.json:\n"
      text += use.request.prettyJSON + "\n"
      if !use.beyond.isEmpty {
        text += "not granted here: \(use.beyond.map(\.text).joined(separator: ", "))\n"
      }
    }
    return text.isEmpty ? "\nno plugin used anything that has to be granted\n" : text
  }
}

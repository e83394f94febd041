// SPDX-License-Identifier: Apache-2.0
// Whose calls are held back together, and how it is shown.
import Pipeline
import Values

/// What a breaker is for: a plugin in a project, with one credential or without.
package struct BreakerKey: Hashable, Sendable, Comparable {
  package let project: ProjectID
  package let plugin: PluginID
  package let credential: CredentialName?

  package init(_ project: ProjectID, _ plugin: PluginID, _ credential: CredentialName? = nil) {
    self.project = project
    self.plugin = plugin
    self.credential = credential
  }

  package static func < (left: BreakerKey, right: BreakerKey) -> Bool {
    (left.project, left.plugin, left.credential?.rawValue ?? "")
      < (right.project, right.plugin, right.credential?.rawValue ?? "")
  }
}

/// How a breaker stands, for people.
package enum BreakerState: Sendable, Hashable {
  case closed
  /// Nobody is called before this time. **Unit** milliseconds since 1970.
  case open(until: Int64)
  /// One call is under way and decides.
  case probing(RunID)
}

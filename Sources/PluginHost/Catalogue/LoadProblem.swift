// SPDX-License-Identifier: Apache-2.0
//
// One thing that is wrong with an installed plugin.

import Pipeline

/// What was found, what was expected and what to do about it.
package struct LoadProblem: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Severity: String, Sendable {
    /// The plugin cannot be used.
    case error
    /// It can, and its author should know.
    case warning
  }

  /// **Shape** snake_case, stable.
  package let code: String
  /// Without control characters: much of it is quoted from images and manifests.
  package let message: String
  package let severity: Severity

  package init(code: String, message: String, severity: Severity = .error) {
    self.code = code
    self.message = message.printable
    self.severity = severity
  }

  package var description: String { message }
}

extension LoadProblem {
  /// Files that are not those that were locked or approved.
  ///
  /// - Parameter wanted: who says which hash it must be, as `the lock says`.
  package static func hashMismatch(
    _ plugin: PluginID, folder: String, found: String, expected: String, wanted: String,
    advice: String
  ) -> LoadProblem {
    LoadProblem(
      code: "hash_mismatch",
      message: "plugin \(plugin) in \(folder) has the hash \(found), \(wanted) \(expected): "
        + advice)
  }
}

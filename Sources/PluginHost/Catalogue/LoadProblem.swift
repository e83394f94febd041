// SPDX-License-Identifier: Apache-2.0
//
// One thing that is wrong with an installed plugin.

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
  package let message: String
  package let severity: Severity

  package init(code: String, message: String, severity: Severity = .error) {
    self.code = code
    self.message = message
    self.severity = severity
  }

  package var description: String { message }
}

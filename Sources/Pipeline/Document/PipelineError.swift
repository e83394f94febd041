// SPDX-License-Identifier: Apache-2.0
// The error of this module.

/// What a document, a filter or a text of this module cannot be, with the value and what to do.
package struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// **Shape** snake_case, stable.
  package let code: String
  package let message: String
  /// Where in the value it is, `$` being the value itself.
  package let path: String

  package init(code: String, message: String, path: String = "$") {
    self.code = code
    self.message = message
    self.path = path
  }

  package var description: String { path == "$" ? message : "\(path): \(message)" }
}

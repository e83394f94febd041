// SPDX-License-Identifier: Apache-2.0
// What is wrong with a schema itself.

/// A schema that is outside the subset or contradicts itself; found when a manifest is read.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, snake_case: `unknown_keyword`, `bad_keyword`, `unknown_format`, `bad_pattern`,
  /// `no_discriminator`, `too_deep`.
  package let code: String
  package let reason: String
  /// Where in the schema, such as `properties.to.maxLength`.
  package let path: String

  package init(code: String, reason: String, path: String) {
    self.code = code
    self.reason = reason
    self.path = path
  }

  package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

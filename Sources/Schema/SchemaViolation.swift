// SPDX-License-Identifier: Apache-2.0
// What is wrong with a value.

/// One way in which a value does not fit its schema.
package struct SchemaViolation: Hashable, Sendable, CustomStringConvertible {
  /// Where in the value, such as `values[0].name`; empty for the value itself.
  package let path: String
  /// Stable, snake_case: `wrong_type`, `missing`, `empty`, `unknown_property`, `not_allowed`,
  /// `too_small`, `too_large`, `not_multiple`, `too_short`, `too_long`, `too_few`, `too_many`,
  /// `pattern`, `format`, `no_branch`.
  package let code: String
  /// Names the place, what was wanted and what was found; of the payload at most a short scalar.
  package let message: String

  package init(path: String, code: String, message: String) {
    self.path = path
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

// SPDX-License-Identifier: Apache-2.0
// What became of a template.

/// A rendered template and what the run view should say about it.
public struct Rendered: Sendable, Hashable {
  /// Nil when the template is one expression and that is missing.
  public var value: JSONValue?
  /// Paths that led nowhere and were not replaced by a formatter such as `default`.
  public var missing: [AttributePath]
  /// In plain words: formatters that gave nothing for what they were given.
  public var notes: [String]
  /// Expressions that put nothing but white space into the text.
  public var blank: [Template.Expression] = []

  public init(value: JSONValue?, missing: [AttributePath] = [], notes: [String] = []) {
    self.value = value
    self.missing = missing
    self.notes = notes
  }
}

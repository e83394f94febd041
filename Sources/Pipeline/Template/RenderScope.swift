// SPDX-License-Identifier: Apache-2.0
// What templates are rendered with, and what they reported.

import Values

/// The roots' values for one rendering; gathers what was missing and what formatters noted.
package struct RenderScope {
  private let root: (String) -> JSONValue?
  package private(set) var missing: [AttributePath] = []
  package private(set) var notes: [String] = []

  /// - Parameter root: the value of a root word or saved name.
  package init(root: @escaping (String) -> JSONValue?) { self.root = root }

  /// Renders one template and keeps its reports.
  package mutating func render(_ template: Template) throws(TemplateError) -> JSONValue? {
    let rendered = try template.render(root: root, formatter: Formatters.apply)
    missing += rendered.missing
    notes += rendered.notes
    return rendered.value
  }
}

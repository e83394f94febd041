// SPDX-License-Identifier: Apache-2.0
// What templates are rendered with, and what they reported.

import Values

/// The roots' values for one rendering; gathers what was missing and what formatters noted.
package struct RenderScope {
  private let root: (String) -> JSONValue?
  private let context: FormatterContext
  package private(set) var missing: [AttributePath] = []
  package private(set) var notes: [String] = []

  /// - Parameter root: the value of a root word or saved name
  /// - Parameter context: what formatters know; without one there are no hashes, and dates are UTC
  package init(
    context: FormatterContext = FormatterContext(), root: @escaping (String) -> JSONValue?
  ) {
    self.context = context
    self.root = root
  }

  /// Renders one template and keeps its reports.
  package mutating func render(_ template: Template) throws(TemplateError) -> JSONValue? {
    var reasons: [String] = []
    let context = context
    let rendered = try template.render(
      root: root,
      formatter: { (name, value, arguments) throws(TemplateError) in
        switch try Formatters.apply(name, value, arguments, context) {
        case .value(let result): return result
        case .missing: return nil
        case .nothing(let reason):
          if reasons.count < PipelineLimits.notes {
            reasons.append("\(name) gave nothing: \(reason)")
          }
          return nil
        }
      })
    missing += rendered.missing
    notes += reasons
    return rendered.value
  }
}

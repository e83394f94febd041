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
    try rendered(template).value
  }

  /// The same for a text that stands for something as a whole: nil, and a note, where one of its
  /// expressions gave nothing and has no `default`. `order:` without its number would be the
  /// identifier of every order that has none.
  package mutating func renderWhole(
    _ template: Template, _ name: String
  ) throws(TemplateError) -> JSONValue? {
    let rendered = try rendered(template)
    let isWhole = rendered.blank.allSatisfy { $0.formatters.contains { $0.name == "default" } }
    if isWhole { return rendered.value }
    notes.append("a part of \(name) \"\(template.source.prefix(100))\" is empty: it is left out")
    return nil
  }

  private mutating func rendered(_ template: Template) throws(TemplateError) -> Rendered {
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
    return rendered
  }
}

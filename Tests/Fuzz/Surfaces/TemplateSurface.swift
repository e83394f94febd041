// SPDX-License-Identifier: Apache-2.0
// Texts with attributes in them.
import Pipeline
import Values

extension Surface {
  static let template = Surface(
    name: "template",
    summary: "a template renders or gives a typed error, twice the same; escaped text is itself",
    mostBytes: 1_024,
    words: ["{{", "}}", "{{event.", " | ", ": \"", "event", "list[0]", "[-1]", "contact", "date"]
      + Formatters.all.map { "| \($0.name)" },
    examine: { (input) throws(BrokenProperty) in
      let text = String(decoding: input, as: UTF8.self)
      try examineEscaped(text)
      let template: Template
      do throws(TemplateError) {
        template = try Template(parsing: text)
      } catch {
        return try examine(error, of: text)
      }
      try require(template.source == text, "a template keeps its source")
      let first = rendered(template)
      try require(first == rendered(template), "a template renders twice the same")
      switch first {
      case .failure(let error): try examine(error, of: text)
      case .success(let value):
        let isLiteral = !text.utf8.contains("{{".utf8)
        try require(!isLiteral || value == .text(text), "a text without braces is itself")
      }
    })

  private static func examine(_ error: TemplateError, of text: String) throws(BrokenProperty) {
    try require(
      (0...text.unicodeScalars.count).contains(error.offset), "an error is inside the template")
    try require(!error.code.isEmpty && !error.reason.isEmpty, "an error says what it is")
  }

  private static func examineEscaped(_ text: String) throws(BrokenProperty) {
    let template = try expect("an escaped text is a template") {
      try Template(parsing: DeferredRoot.escaped(text))
    }
    let value = try expect("it renders") { try rendered(template).get() }
    try require(value == .text(text), "an escaped text renders as itself")
  }

  private static func rendered(_ template: Template) -> Result<JSONValue?, TemplateError> {
    var scope = RenderScope { name in FuzzWorld.roots[name] }
    return Result { () throws(TemplateError) in try scope.render(template) }
  }
}

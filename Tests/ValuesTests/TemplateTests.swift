// SPDX-License-Identifier: Apache-2.0
// Templates: parsing, rendering, and that values stay data.

import TestKit
import Testing
import Values

struct TemplateTests {
  /// A number as written.
  static func decimal(_ text: String) -> JSONValue { JSONValue(numberText: text) ?? .null }

  static let roots: [String: JSONValue] = [
    "event": [
      "name": " ana ", "seats": 25, "price": decimal("19.90"), "vip": true,
      "tags": ["a", "b"], "none": .null, "empty": "", "evil": "{{secret.key}}",
      "address": ["city": "Pune"],
    ],
    "secret": ["key": "hunter2"],
    "topic": "x",
  ]

  /// A few formatters with simple rules; `nothing` gives nothing, `fail` throws.
  static func format(
    _ name: String, _ value: JSONValue?, _ arguments: [JSONValue]
  ) throws(TemplateError) -> JSONValue? {
    switch name {
    case "default": return value?.isEmpty == false ? value : arguments.first
    case "upper": return value?.asText.map { .text($0.uppercased()) }
    case "args": return .list(arguments)
    case "nothing": return nil
    default: throw TemplateError(code: "bad_formatter", reason: "no formatter \(name)", offset: -1)
    }
  }

  static func render(_ text: String) throws -> Rendered {
    try Template(parsing: text).render(root: { roots[$0] }, formatter: format)
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("", ""), ("{ {x} }", "{ {x} }"), ("}}", "}}"),
      ("{{event.seats}}", 25), ("{{ event.seats }}", 25), ("{{event.tags}}", ["a", "b"]),
      ("{{event.vip}}", true), ("{{event.none}}", .null), ("{{event.missing}}", nil),
      ("{{event.address}}", ["city": "Pune"]), ("{{topic}}", "x"), ("{{nobody}}", nil),
      ("{{event.seats}} seats", "25 seats"), ("{{event.seats}}{{event.price}}", "2519.90"),
      (
        "[{{event.tags}}|{{event.address}}|{{event.vip}}]",
        "[[\"a\",\"b\"]|{\"city\":\"Pune\"}|true]"
      ),
      ("<{{event.none}}{{event.missing}}{{event.empty}}>", "<>"),
      (" {{event.seats}}", " 25"), ("é{{event.seats}}é", "é25é"),
      ("{{event.name | upper}}", " ANA "), ("{{event.missing | default: \"you\"}}", "you"),
      ("{{event.missing|default:1|args:2}}", [2]), ("{{event.missing | default: event.seats}}", 25),
      (
        "{{topic | args: 1, \"}}\", [1, {\"a\": null}], true, event.seats, event.none}}",
        [1, "}}", [1, ["a": .null]], true, 25, .null]
      ),
      ("{{\"{{\"}}", "{{"), ("a {{\"{{1}}\"}} b", "a {{1}} b"), ("{{\"}}\"}}", "}}"),
      ("{{1.50}}", decimal("1.50")), ("{{true}}", true), ("{{null}}", .null),
      ("{{truey}}", nil), ("{{{\"a\":{\"b\":1}}}}", ["a": ["b": 1]]), ("{{[1,2]}}", [1, 2]),
      ("{{ -5 }}", -5), ("{{event.tags[-1]}}{{event[\"seats\"]}}", "b25"),
      ("{{\n\tevent.seats\n}}", 25),
    ] as [(String, JSONValue?)])
  func `a template renders to its value`(_ text: String, _ wanted: JSONValue?) throws {
    #expect(try Self.render(text).value == wanted)
  }

  @Test(arguments: [
    ("{{", "unclosed {{ at character 1"), ("hello world{{event", "unclosed {{ at character 12"),
    ("{{event.name | ", "unclosed {{ at character 1"), ("é{{a | b: ", "unclosed {{ at character 2"),
    ("{{\"abc}}", "unclosed {{ at character 1"), ("{{a}", "unclosed {{ at character 1"),
    ("{{a {{b}}", "unclosed {{ at character 1"),
    ("{{}}", "nothing between {{ and }} at character 1"),
    ("x{{  }}", "nothing between {{ and }} at character 2"),
    ("{{a b}}", "\"b\" where | or }} is wanted at character 5"),
    ("{{a | 1}}", "\"1\" where a formatter's name is wanted at character 7"),
    ("{{a || b}}", "\"|\" where a formatter's name is wanted at character 6"),
    ("{{a | b: }}", "\"}\" where a path or a literal is wanted at character 10"),
    ("{{a | b: 1,}}", "\"}\" where a path or a literal is wanted at character 12"),
    ("{{a | b: 01}}", "a number does not begin with 0, found \"1\" at character 11"),
    ("{{.a}}", "\".\" where a path or a literal is wanted at character 3"),
    ("{{é}}", "U+00E9 where a path or a literal is wanted at character 3"),
    ("{{a.}}", "\"}\" where a name is wanted after the point at character 5"),
    ("{{a[x]}}", "\"x\" in brackets where \"name\" or a whole number is wanted at character 5"),
    (
      "{{event.items.0}}",
      "\"0\" where a name is wanted after the point: write it as [\"…\"] or [0] at character 15"
    ),
  ])
  func `a template that does not parse says where and why`(_ text: String, _ wanted: String) {
    let error = #expect(throws: TemplateError.self) { try Template(parsing: text) }
    #expect(error?.description == wanted)
  }

  @Test func `missing values are named by their path, unless replaced`() throws {
    let rendered = try Self.render(
      "{{event.gone}} {{event.lost | default: 1}} {{topic | args: event.away}} {{event.none}}")
    #expect(rendered.missing.map(\.description) == ["event.gone", "event.away"])
    #expect(rendered.value == " 1 [null] ")
  }

  @Test func `a formatter that gives nothing is noted`() throws {
    let rendered = try Self.render("{{event.tags | upper}}")
    #expect(rendered.value == nil && rendered.missing.isEmpty)
    #expect(rendered.notes == ["upper gave nothing for a value of type list"])
  }

  @Test func `a formatter's error gets the formatter's place`() {
    let error = #expect(throws: TemplateError.self) { try Self.render("ab {{topic | what}}") }
    #expect(error?.description == "no formatter what at character 14")
  }

  @Test func `a value that looks like a template is never evaluated`() throws {
    for text in ["{{event.evil}}", "<{{event.evil}}>", "{{event.evil | default: 1}}"] {
      let once = try Self.render(text)
      let shown = try #require(once.value?.asText)
      #expect(shown.contains("{{secret.key}}"))
      #expect(!shown.contains("hunter2"))
    }
    let arguments = try Self.render("{{topic | args: event.evil, \"{{secret.key}}\"}}")
    #expect(arguments.value == ["{{secret.key}}", "{{secret.key}}"])
    let pieces = try Self.render("{{\"{{\"}}secret.key}}")
    #expect(pieces.value == "{{secret.key}}")
  }

  @Test func `twenty formatters may follow a path, and no more`() throws {
    func parse(_ count: Int) throws(TemplateError) -> Template {
      try Template(parsing: "é {{topic" + String(repeating: " | upper", count: count) + "}}")
    }
    #expect(try parse(20).formatterNames.count == 20)
    let error = #expect(throws: TemplateError.self) { try parse(21) }
    #expect(error?.code == "too_large")
  }

  @Test func `an expression knows its place behind letters of any length`() throws {
    let template = try Template(parsing: "é😀{{a | upper}}ü{{b|lower | upper}}")
    #expect(template.expressions.map(\.offset) == [2, 16])
    #expect(template.expressions.flatMap { $0.formatters.map(\.offset) } == [8, 20, 28])
  }

  @Test func `paths, formatters and parts are listed for checks`() throws {
    let template = try Template(parsing: "a {{b.c | f: d[0], 1 | g}} {{\"x\"}}{{e}}")
    #expect(template.paths.map(\.description) == ["b.c", "d[0]", "e"])
    #expect(template.formatterNames == ["f", "g"])
    #expect(template.parts.count == 5 && !template.isLiteral)
    #expect(template.singleExpression == nil && template.expressions.count == 3)
    #expect(try Template(parsing: "no braces").isLiteral)
    #expect(try Template(parsing: "{{a}}").singleExpression?.offset == 0)
    #expect(template.source.hasPrefix("a {{b.c"))
  }

  @Test func `long chains, deep literals and long templates are refused`() {
    let chain = "{{a" + String(repeating: " | b", count: 33) + "}}"
    let deep = "{{" + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}}"
    let path = "{{a" + String(repeating: "[0]", count: 129) + "}}"
    let long = String(repeating: "x", count: 1 << 20 + 1)
    for text in [chain, deep, path, long] {
      #expect(throws: TemplateError.self) { try Template(parsing: text) }
    }
  }

  @Test func `mutated templates are read or refused`() {
    var generator = SeededGenerator(seed: 21)
    let base = Array(
      "a {{event.items[-1][\"x\"] | default: \"}}\", [1] | upper}} é {{\"{{\"}}".unicodeScalars)
    let pieces = Array("{}[]\"|:,.-0aé \\".unicodeScalars)
    for _ in 0..<3_000 {
      var scalars = base
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0..<scalars.count, using: &generator)
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: scalars.insert(piece, at: at)
        case 1: scalars[at] = piece
        default: scalars.remove(at: at)
        }
      }
      let text = String(String.UnicodeScalarView(scalars))
      do throws(TemplateError) {
        let template = try Template(parsing: text)
        #expect(template.source == text)
      } catch {
        #expect(error.offset >= 0 && error.offset <= scalars.count)
      }
    }
  }

  static let examples = SharedData.folder.map { $0 + "/spec/examples" }

  @Test(
    .enabled(
      if: examples.map(TestFile.isFolder) ?? false,
      "the worked examples are not here: they lie in ../shared/spec/examples"))
  func `every template of the worked examples parses and names known formatters`() throws {
    let folder = try #require(Self.examples)
    var count = 0
    for name in TestFile.names(in: folder) where name.hasSuffix(".json") {
      let bytes = try #require(TestFile.bytes(of: folder + "/" + name))
      for text in Self.texts(in: try JSONValue(parsing: bytes)) {
        let template = try Template(parsing: text)
        count += template.expressions.count
      }
    }
    #expect(count > 80)
  }

  private static func texts(in value: JSONValue) -> [String] {
    switch value {
    case .text(let text): [text]
    case .list(let list): list.flatMap(texts)
    case .object(let object): object.flatMap { texts(in: $0.value) }
    default: []
    }
  }
}

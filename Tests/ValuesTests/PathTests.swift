// SPDX-License-Identifier: Apache-2.0
// Paths: what they may look like and where they lead.

import Testing
import Values

struct PathTests {
  let event: JSONValue = [
    "items": [["name": "first"], ["name": "last", "full name": "L. Ast"]], "utm-source": "x",
    "nothing": .null, "_under": 1,
  ]

  @Test(
    arguments: [
      ("event.items[0].name", "first"), ("event.items[-1].name", "last"),
      ("event.items[1][\"full name\"]", "L. Ast"), ("event.utm-source", "x"),
      ("event[\"utm-source\"]", "x"), ("event._under", 1), ("event.nothing", .null),
      ("event.items[ -1 ][ \"name\" ]", "last"), ("event.items[2]", nil), ("event.items[-3]", nil),
      ("event.items.name", nil), ("event.missing.deeper[0]", nil), ("event[0]", nil),
      ("event.nothing.deeper", nil),
    ] as [(String, JSONValue?)])
  func `a path leads to its value or nowhere`(_ text: String, _ wanted: JSONValue?) throws {
    let path = try AttributePath(parsing: text)
    #expect(path.root == "event")
    #expect(path.resolve(in: event) == wanted)
  }

  @Test(arguments: ["event", "event.a-b.c_1[0][-2][\"x y\"].z", "a[\"quote \\\" in\"]", "_x.Y9"])
  func `a path describes itself as it is written`(_ text: String) throws {
    let path = try AttributePath(parsing: text)
    #expect(path.description == text)
    #expect(try AttributePath(parsing: path.description) == path)
  }

  @Test(arguments: [
    ("", 0), ("1a", 0), (".a", 0), ("a.", 2), ("a..b", 2), ("a.1", 2), ("a[", 2), ("a[0", 3),
    ("a[x]", 2), ("a[1.5]", 1), ("a[\"x]", 1), ("a b", 1), ("a.b ", 3),
    ("a[99999999999999999999]", 1),
    ("é", 0), ("a.é", 2), ("a[-]", 3),
  ])
  func `a text that is no path is refused at its place`(_ text: String, _ offset: Int) {
    let error = #expect(throws: TemplateError.self) { try AttributePath(parsing: text) }
    #expect(error?.offset == offset, "\(String(describing: error))")
  }
}

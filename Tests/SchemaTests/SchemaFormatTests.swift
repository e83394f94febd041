// SPDX-License-Identifier: Apache-2.0
// The formats, and where patterns are used.

import Schema
import Testing
import Values

struct SchemaFormatTests {
  @Test(arguments: [
    (
      "email", ["a@b", "a.b+c@mail.acme.example", "ü@ü.example"],
      ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@-b", "a@b..c", "a,b@c", "<a@b>"]
    ),
    (
      "uri",
      ["https://a.example/x?y=z#q", "mailto:a@b", "http://localhost:80", "https://ü.example/é"],
      [
        "", "a", "http:", "http://", "https:///x", "http://a b", "1a:b", "//a", "http://:80",
        "a:<b>",
      ]
    ),
    (
      "date", ["2026-11-22", "2024-02-29", "2000-02-29"],
      [
        "", "2026-11-31", "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "26-1-1",
        "2026-11-22 ",
      ]
    ),
    (
      "time", ["09:30", "23:59:59", "23:59:60", "09:30:00.123Z", "09:30+05:30"],
      ["", "24:00", "9:30", "09:60", "09:30:61", "09:30:00.", "09:30+5:30", "09:30 Z"]
    ),
    (
      "date-time", ["2026-11-22T09:30:00Z", "2026-11-22 09:30", "2026-11-22T09:30:00.5-03:00"],
      [
        "", "2026-11-22", "2026-11-22T", "2026-02-30T09:30Z", "2026-11-22X09:30",
        "2026-11-22T09:30:00ZZ",
      ]
    ),
    (
      "phone", ["+91 98123 45678", "919812345678", "0091 (981) 234-5678", "1234567"],
      ["", "123456", "0123456789", "+0123456789", "1234567890123456", "12345a78", "91+9812345"]
    ),
    (
      "uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
      ["", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"]
    ),
    (
      "duration", ["90 s", "5 min", "2 h", "3 d", "10s"],
      ["", "s", "5", "5 m", "-5 s", "5 s ", "1.5 h", "5 min 3 s"]
    ),
  ])
  func `a format takes what it names and nothing else`(
    _ name: String, _ good: [String], _ bad: [String]
  ) throws {
    let format = try #require(SchemaFormat(rawValue: name))
    for text in good { #expect(format.matches(text), "\(name): \(text)") }
    for text in bad { #expect(!format.matches(text), "\(name): \(text)") }
  }

  @Test func `a pattern holds anywhere in the text and is refused with its place`() throws {
    let schema = try JSONSchema(parsing: ["pattern": "b+$"])
    #expect(schema.validate("abb").isEmpty)
    #expect(!schema.validate("bba").isEmpty)
    let error = #expect(throws: SchemaError.self) { try JSONSchema(parsing: ["pattern": "a(b"]) }
    #expect(error?.reason == "a ( without its ), at character 2")
  }
}

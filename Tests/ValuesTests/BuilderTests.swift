// SPDX-License-Identifier: Apache-2.0
// The builder: valid JSON, or the first mistake.

import Testing
import Values

struct BuilderTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let code: String
    let build: @Sendable (JSONBuilder) -> Void
    var testDescription: String { code }
  }

  static let mistakes: [Mistake] = [
    Mistake(code: "key_outside_object") { $0.key("a") },
    Mistake(code: "key_outside_object") {
      $0.listBegin()
      $0.key("a")
    },
    Mistake(code: "key_without_value") {
      $0.objectBegin()
      $0.key("a")
      $0.key("b")
    },
    Mistake(code: "key_without_value") {
      $0.objectBegin()
      $0.key("a")
      $0.end()
    },
    Mistake(code: "value_without_key") {
      $0.objectBegin()
      $0.integer(1)
    },
    Mistake(code: "value_without_key") {
      $0.objectBegin()
      $0.listBegin()
    },
    Mistake(code: "unbalanced_end") { $0.end() },
    Mistake(code: "unbalanced_end") {
      $0.listBegin()
      $0.end()
      $0.end()
    },
    Mistake(code: "unfinished") { _ in },
    Mistake(code: "unfinished") { $0.listBegin() },
    Mistake(code: "second_value") {
      $0.integer(1)
      $0.integer(2)
    },
    Mistake(code: "not_finite") { $0.number(.nan) },
    Mistake(code: "not_finite") { $0.number(-.infinity) },
    Mistake(code: "invalid_utf8") { builder in
      let bytes: [UInt8] = [0x61, 0xC0, 0xAF]
      bytes.withUnsafeBufferPointer { builder.text($0) }
    },
    Mistake(code: "invalid_utf8") { builder in
      builder.objectBegin()
      let bytes: [UInt8] = [0xFF]
      bytes.withUnsafeBufferPointer { builder.key($0) }
    },
    Mistake(code: "unexpected_character") { $0.json(Array("[1,]".utf8)) },
    Mistake(code: "too_deep") { builder in for _ in 0..<129 { builder.listBegin() } },
    Mistake(code: "too_deep") { builder in
      for _ in 0..<128 { builder.listBegin() }
      builder.json(Array("[]".utf8))
    },
  ]

  @Test(arguments: mistakes)
  func `a mistake sticks and is thrown at the finish`(_ mistake: Mistake) {
    let builder = JSONBuilder()
    mistake.build(builder)
    let error = #expect(throws: JSONError.self) { try builder.finish() }
    #expect(error?.code == mistake.code)
    builder.integer(1)
    builder.listBegin()
    #expect(throws: JSONError.self) { try builder.finish() }
  }

  @Test func `what is built is the JSON that was meant`() throws {
    let builder = JSONBuilder()
    builder.objectBegin()
    builder.key("a")
    builder.listBegin()
    builder.null()
    builder.boolean(true)
    builder.integer(.min)
    builder.number(0.1)
    builder.text("quote \" and é\n")
    builder.end()
    builder.key("empty")
    builder.objectBegin()
    builder.end()
    builder.key("json")
    builder.json(Array(" [1, 2] ".utf8))
    builder.end()
    let text = String(decoding: try builder.finish(), as: UTF8.self)
    #expect(
      try JSONValue(parsing: text) == [
        "a": [.null, true, .integer(.min), 0.1, "quote \" and é\n"], "empty": [:], "json": [1, 2],
      ])
  }

  @Test func `a value over the size limit is refused, in words`() {
    let builder = JSONBuilder(limits: JSONLimits(bytes: 20))
    builder.listBegin()
    for _ in 0..<100 { builder.text("abc") }
    builder.end()
    let error = #expect(throws: JSONError.self) { try builder.finish() }
    #expect(error?.code == "too_large")
    #expect(error?.reason == "the value is over 20 bytes: give less at once")
  }

  @Test func `a scalar alone is a value, and the builder can be used again`() throws {
    let builder = JSONBuilder()
    builder.text("x")
    #expect(try builder.finish() == Array("\"x\"".utf8))
    builder.null()
    #expect(try builder.finish() == Array("null".utf8))
  }
}

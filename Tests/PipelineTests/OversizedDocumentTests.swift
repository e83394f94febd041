// SPDX-License-Identifier: Apache-2.0
// Documents that are wrong by their size: too big for golden files, and bounded all the same.

import Pipeline
import Testing
import Values

/// Each case names the bound it meets and what to do; none is followed to its end.
@Suite struct OversizedDocumentTests {
  private func findings(steps: String) throws -> [Finding] {
    let source = """
      {"format": 1, "project": "acme", "name": "big", "trigger": {"webhook": {}},
       "steps": \(steps)}
      """
    let context = try Fixtures.context()
    do throws(Finding) {
      return Connector.check(try JSONDocument(source: Array(source.utf8)), in: context).findings
    } catch {
      return [error]
    }
  }

  private func step(_ component: String, _ extra: String = "") -> String {
    "[{\"id\": \"s\", \(extra)\"components\": [\(component)]}]"
  }

  private func ask(_ text: String) -> String {
    step(#"{"action": {"id": "a", "use": "shop.ask", "with": {"question": "\#(text)"}}}"#)
  }

  @Test func `an identifier of a megabyte is refused with the length that is allowed`() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let found = try findings(
      steps: step(#"{"delay": {"amount": "1 d", "identifier": "\#(long)"}}"#))
    let finding = try #require(found.first)
    #expect(found.count == 1 && finding.code == "too_long")
    #expect(finding.path.description == "$.steps[0].components[0].delay.identifier")
    #expect(finding.message.contains("1048576 characters: at most 500"))
  }

  @Test func `a name of a megabyte is refused, and not repeated in the message`() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let found = try findings(steps: "[{\"id\": \"\(long)\", \"components\": []}]")
    #expect(found.contains { $0.code == "too_long" && $0.path.description == "$.steps[0].id" })
    #expect(found.allSatisfy { $0.message.utf8.count < 2_000 })
  }

  /// Too long to be a test's arguments: their number stands for them.
  static let templates = [
    ("{{event" + String(repeating: ".a", count: 10_000) + "}}", "128 parts"),
    ("{{event" + String(repeating: "[0]", count: 10_000) + "}}", "128 parts"),
    ("{{event.a" + String(repeating: " | trim", count: 10_000) + "}}", "20 formatters"),
    ("{{" + String(repeating: "[", count: 10_000) + "}}", "32"),
  ]

  @Test(arguments: templates.indices)
  func `a template of ten thousand parts names its bound`(index: Int) throws {
    let (text, bound) = Self.templates[index]
    let found = try findings(steps: ask(text))
    #expect(found.map(\.code) == ["bad_template"], "\(found.map(\.message))")
    #expect(found.first?.message.contains(bound) ?? false, "\(found.map(\.message))")
    #expect(found.first?.path.description == "$.steps[0].components[0].action.with.question")
  }

  @Test func `ten thousand nested conditions are refused where they begin`() throws {
    let opening = String(repeating: "{\"all\": [", count: 10_000)
    let closing = String(repeating: "]}", count: 10_000)
    let found = try findings(steps: step("{\"filter\": \(opening)\(closing)}"))
    #expect(found.map(\.code) == ["too_deep"], "\(found.map(\.message))")
    #expect(found.first?.line == 2)
  }

  @Test func `a list of a million elements is longer than a loop goes round`() throws {
    let list = "[" + String(repeating: "1,", count: 999_999) + "1]"
    let found = try findings(
      steps: step(
        #"{"action": {"id": "a", "use": "shop.ask"}}"#, "\"for_each\": {\"in\": \(list)}, "))
    #expect(found.map(\.code) == ["too_many"], "\(found.map(\.message))")
    #expect(found.first?.message.contains("1000000 elements: a loop goes round 10000") ?? false)
  }

  @Test func `a document of five megabytes is not read`() throws {
    let long = String(repeating: "x", count: 5 << 20)
    let found = try findings(steps: step("{\"note\": \"\(long)\"}"))
    #expect(found.map(\.code) == ["document_too_big"])
  }

  @Test func `a thousand findings end at a hundred`() throws {
    let components = (0..<100).map { "{\"filter\": {\"a\($0)\": 1, \"b\": 2}}" }
    let found = try findings(steps: step(components.joined(separator: ",")))
    #expect(found.count == 100)
  }
}

// SPDX-License-Identifier: Apache-2.0
// What is done with a connector's text: missing ids, differences, attributes.

import Pipeline
import TestKit
import Testing
import Values

@Suite struct DocumentTextTests {
  private func document(_ text: String) throws -> JSONDocument {
    try JSONDocument(source: Array(text.utf8))
  }

  @Test func `format writes the ids that are missing and leaves all else as it was`() throws {
    let source = """
      {
        "format": 1, "project": "acme", "name": "test", "note": "kept",
        "trigger": {"webhook": {}},
        "steps": [
          {
            "title": "Über uns: Fragen!",
            "components": [
              { "filter": { "all": [
                { "left": 1, "type": "text", "op": "is_empty" } ] } },
              { "filter": {"left": 1, "type": "text", "op": "is_empty"} },
              { "delay": { "amount": "1 d" } },
              { "format": {
                  "save": "form",
                  "values": { "a": "b" } } },
              { "action": { "use": "shop.ask", "fallback": [
                { "do": { "action": { "use": "shop.ask" } } } ] } },
              { "action": { "id": "delay", "use": "shop.ask" } },
              { "action": {"use": "shop.ask"} },
              { "wait_for_message": {} }
            ]
          },
          { "components": [ { "action": { "id": "ask", "use": "shop.ask" } } ] }
        ]
      }

      """
    let expected = """
      {
        "format": 1, "project": "acme", "name": "test", "note": "kept",
        "trigger": {"webhook": {}},
        "steps": [
          {
            "id": "ber_uns_fragen",
            "title": "Über uns: Fragen!",
            "components": [
              { "filter": { "id": "filter", "all": [
                { "left": 1, "type": "text", "op": "is_empty" } ] } },
              { "filter": {"id": "filter_2", "left": 1, "type": "text", "op": "is_empty"} },
              { "delay": { "id": "delay_2", "amount": "1 d" } },
              { "format": {
                  "id": "form",
                  "save": "form",
                  "values": { "a": "b" } } },
              { "action": { "id": "ask_2", "use": "shop.ask", "fallback": [
                { "do": { "action": { "id": "ask_3", "use": "shop.ask" } } } ] } },
              { "action": { "id": "delay", "use": "shop.ask" } },
              { "action": {"id": "ask_4", "use": "shop.ask"} },
              { "wait_for_message": {"id": "wait_for_message"} }
            ]
          },
          { "id": "step_2", "components": [ { "action": { "id": "ask", "use": "shop.ask" } } ] }
        ]
      }

      """
    let written = Connector.format(try document(source))
    #expect(written == expected)
    #expect(Connector.format(try document(written)) == written, "a second time changes nothing")
    let (connector, findings) = Connector.parse(try document(written))
    #expect(connector?.steps.count == 2, "\(findings.map { $0.text(in: "c") })")
  }

  @Test(arguments: ["{}", "[]", "5", #"{"steps": 1}"#, #"{"steps": [1, {"components": [[]]}]}"#])
  func `format leaves what is no connector readable`(source: String) throws {
    let written = Connector.format(try document(source))
    #expect(try document(written).root["steps"]?.asList?.count == (source.count > 20 ? 2 : nil))
  }

  private static let old = """
    {"name": "a", "title": "T", "trigger": {"webhook": {}}, "steps": [
      {"id": "one", "components": [
        {"action": {"id": "a", "use": "shop.ask", "with": {"question": "x"}}},
        {"action": {"id": "b", "use": "shop.ask"}}]},
      {"id": "two", "title": "Two", "components": [{"delay": {"id": "d", "amount": "1 d"}}]},
      {"id": "gone", "components": [{"action": {"id": "g", "use": "shop.ask"}}]}]}
    """

  private static let new = """
    {"name": "a", "trigger": {"webhook": {"methods": ["GET"]}}, "steps": [
      {"id": "two", "title": "Zwei", "components": [{"delay": {"id": "d", "amount": "1 d"}},
        {"action": {"id": "b", "use": "shop.ask"}}]},
      {"id": "one", "components": [
        {"action": {"id": "a", "use": "shop.ask", "with": {"question": "y"}}},
        {"action": {"id": "c", "use": "shop.ask"}}]}]}
    """

  @Test func `a difference goes by ids, so that a move is a move`() throws {
    let changes = Connector.difference(old: try document(Self.old), new: try document(Self.new))
    #expect(
      Set(changes.map { "\($0.kind.rawValue) \($0.path)" }) == [
        "removed title", "added trigger.webhook.methods", "removed steps.gone",
        "removed steps.gone.g", "moved steps.one", "changed steps.two.title", "moved steps.two.b",
        "changed steps.one.a.action.with.question", "added steps.one.c",
      ], "\(changes.map(\.text))")
    let question = changes.first { $0.path.hasSuffix("question") }
    #expect(question?.text == #"changed steps.one.a.action.with.question: "x" → "y""#)
    #expect(question?.value["old"] == "x")
  }

  @Test func `a document does not differ from itself written otherwise`() throws {
    let value = try document(Self.old)
    #expect(Connector.difference(old: value, new: JSONDocument(value: value.root)).isEmpty)
  }

  @Test func `parts of a project are matched by name`() throws {
    let changes = ProjectDocument.difference(
      old: try document(#"{"channels": [{"name": "a", "kind": "email"}, {"name": "b"}]}"#),
      new: try document(#"{"channels": [{"name": "c"}, {"name": "a", "kind": "whatsapp_cloud"}]}"#))
    #expect(
      changes.map { "\($0.kind.rawValue) \($0.path)" } == [
        "removed channels.b", "added channels.c", "changed channels.a.kind",
      ])
  }

  @Test func `attributes are what a template may read at a place, with type and example`() throws {
    let file = try goldenDocument("good_all_components")
    let context = try Fixtures.context()
    let connector = try #require(Connector.check(file, in: context).connector)
    let place = try #require(connector.position(of: "note_it"))
    let sample: JSONValue = ["company": "Acme", "rows": [["a b": 1]]]
    let list = connector.attributes(at: place, in: context, sample: sample)
    let byPath = Dictionary(list.map { ($0.path, $0) }) { first, _ in first }
    #expect(byPath["event.company"]?.example == "Acme")
    #expect(byPath[#"event.rows[0]["a b"]"#]?.type == "integer")
    #expect(byPath["form.company"]?.from == "the format clean")
    #expect(byPath["orders[0].id"]?.type == "string")
    #expect(byPath["message.text"] != nil && byPath["contact.number"] != nil)
    #expect(byPath["action.question.ok"] != nil && byPath["step.ask.status"] != nil)
    #expect(byPath["project.constants.brand"]?.example == "Acme")
    #expect(byPath["connector_url.door"] != nil && byPath["connector_url.there"] == nil)
    #expect(byPath["row"] == nil && byPath["error.code"] == nil, "they belong to other places")
    let inLoop = connector.attributes(
      at: try #require(connector.position(of: "row_order")), in: context, isFallback: true)
    #expect(Set(["row", "index", "error.code", "failed.with"]).isSubset(of: inLoop.map(\.path)))
    #expect(!inLoop.contains { $0.path.hasPrefix("orders") || $0.path.hasPrefix("message") })
  }

  @Test func `every attribute that is offered passes the check`() throws {
    let context = try Fixtures.context()
    let text = try goldenDocument("good_all_components")
    let connector = try #require(Connector.check(text, in: context).connector)
    let place = try #require(connector.position(of: "note_it"))
    let paths = connector.attributes(at: place, in: context, sample: ["a": 1]).map(\.path)
    let question = paths.map { "{{\($0) | default: 0}}" }.joined(separator: " ")
    let source = String(decoding: text.source, as: UTF8.self)
      .replacing("{{orders[0].id}} {{orders | count}} {{reply.text}}", with: question)
    let findings = Connector.check(try document(source), in: context).findings
    #expect(findings.isEmpty, "\(findings.map { $0.text(in: "c") })")
    #expect(paths.count > 40)
  }

  private func goldenDocument(_ name: String) throws -> JSONDocument {
    let path = PackageFolder.path + "/Tests/PipelineTests/Golden/connector/\(name).txt"
    let text = try #require(TestFile.text(of: path))
    return try document(String(try #require(text.split(separator: "\n-----\n").first)))
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// spec/engine.md, HTTP response mapping.
@Suite struct ResponseShapeTests {
  private static let first: JSONValue = [
    "id": 7, "name": "Ann", "paid": true, "note": .null, "empty": [],
    "items": [["sku": "a", "price": 1], ["sku": "b", "price": 1.5, "gift": true]],
    "x.y": ["a b": 1],
  ]

  /// A change of the first response, and what is said of it.
  @Test(arguments: [
    // Values differ, the shape does not: another number, null, an empty list, any of the unknown.
    (["id": 8.5], ""), (["id": .null, "name": .null], ""), (["items": []], ""),
    (["items": .null], ""), (["note": "text"], ""), (["empty": [1, "a"]], ""),
    (["items": [["sku": "c", "price": 2]]], ""),
    // Types, members and elements that differ.
    (["id": "7"], "id was number, is text"), (["name": ["first": "Ann"]], "name was text, is object"),
    (["extra": 1, "another": 2], "new another; new extra"),
    (["items": [["sku": "c"]]], "missing items[].price"),
    (["items": [["sku": 1, "price": 1], ["sku": "a", "price": 1]]],
      "items[].sku was text, is number or text"),
    (["items": ["sku": "a"]], "items was list, is object"),
    (["x.y": [:]], "missing [\"x.y\"][\"a b\"]"),
  ] as [(JSONObject, String)])
  func `the difference of a later response is told by place`(
    _ change: JSONObject, _ difference: String
  ) {
    var later = Self.first.asObject ?? [:]
    for (name, value) in change { later[name] = value }
    let found = ResponseShape(of: .object(later)).difference(from: ResponseShape(of: Self.first))
    #expect(found.description == difference)
  }

  @Test func `the body itself may change its type`() {
    let found = ResponseShape(of: []).difference(from: ResponseShape(of: Self.first))
    #expect(found.description == "the body was object, is list")
  }

  @Test func `new members do not keep a response from fitting, missing ones and types do`() {
    let learned = ResponseShape(of: ["a": 1, "b": "x"])
    #expect(ResponseShape(of: ["a": 2, "b": "y", "c": []]).fits(learned))
    #expect(!ResponseShape(of: ["a": 2]).fits(learned))
    #expect(!ResponseShape(of: ["a": 2, "b": 3]).fits(learned))
  }

  @Test func `what still fits is mapped, what does not is missing`() {
    let learned = ResponseShape(of: ["a": 1, "b": "x", "l": [["c": true]]])
    let later: JSONValue = ["a": "one", "b": "y", "l": [["c": false], ["c": "no"], 7], "new": 1]
    #expect(learned.fitting(later) == ["b": "y", "l": [["c": false], [:], .null], "new": 1])
    #expect(learned.fitting(["a"]) == .null)
  }

  @Test func `a shape is stored and read back, and nonsense reads as nothing known`() {
    let shape = ResponseShape(of: Self.first)
    #expect(ResponseShape(value: shape.value) == shape)
    for garbage in [.null, 7, ["k": 1, "m": [2], "e": "x"], ["k": ["nothing"]]] as [JSONValue] {
      let read = ResponseShape(value: garbage)
      #expect(ResponseShape(of: Self.first).difference(from: read).isEmpty)
    }
  }

  @Test func `a shape is bounded, whatever the response`() {
    let wide = JSONObject((0..<10_000).map { (name: "m\($0)", value: JSONValue.integer(1)) })
    #expect(ResponseShape(of: .object(wide)).value.jsonBytes.count <= 64 << 10)
    let named = JSONObject((0..<50).map {
      (name: String(repeating: "\u{1}", count: 5_000) + "\($0)", value: JSONValue.integer(1))
    })
    #expect(ResponseShape(of: .object(named)).value.jsonBytes.count <= 64 << 10)
    var deep: JSONValue = 1
    for _ in 0..<120 { deep = [deep] }
    #expect(ResponseShape(of: deep).difference(from: ResponseShape(of: deep)).isEmpty)
    // A long list of alike elements costs one: what comes after it is still seen.
    let rows = JSONValue.list((0..<5_000).map { ["n": .integer(Int64($0)), "t": "x"] })
    let learned = ResponseShape(of: ["rows": rows, "total": 5_000])
    #expect(
      ResponseShape(of: ["rows": rows, "total": "many"]).difference(from: learned).description
        == "total was number, is text")
    let thirty = JSONObject((0..<30).map { (name: "m\($0)", value: JSONValue.integer(1)) })
    let many = ResponseShape(of: .object(thirty)).difference(from: ResponseShape(of: [:]))
    #expect(many.description.hasSuffix("; and 10 more"), "\(many)")
  }

  @Test func `a response is learned, matched, changed or cannot be mapped`() {
    func judge(_ changes: JSONObject, _ learned: ResponseShape?) -> ResponseMapping.Verdict {
      var result: JSONObject = ["status": 200, "headers": [:], "mapping": "none"]
      for (name, value) in changes { result[name] = value }
      return ResponseMapping.judge(.object(result), learned: learned)
    }
    let shape = ResponseShape(of: ["score": 71])
    let first = judge(["json": ["score": 71]], nil)
    #expect(first.learned == shape && first.notes.isEmpty && first.result["mapping"] == "learned")
    let same = judge(["json": ["score": 3]], shape)
    #expect(same.learned == nil && same.notes.isEmpty && same.result["mapping"] == "matched")
    let other = judge(["json": ["score": "high", "ok": true]], shape)
    #expect(
      other.notes == [
        "JSON Structure Change Detected: new ok; score was number, is text"
      ])
    #expect(other.result["mapping"] == "changed" && other.result["json"] == ["ok": true])
    #expect(other.learned == nil, "a changed shape is accepted by connector remap only")
    for learned in [nil, shape] {
      let text = judge(["text": "<html>"], learned)
      #expect(
        text.notes == ["Response Mapping Not Done, Only JSON can be mapped as Response"])
      #expect(text.result["mapping"] == "none" && text.result["text"] == "<html>")
      #expect(judge(["status": 204], learned).notes.isEmpty)
    }
  }
}

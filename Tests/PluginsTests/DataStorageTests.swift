// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct DataStorageTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("data_storage") }

  private func create(_ fields: JSONValue, storage: String = "Lead Topics") throws -> Outcome {
    try plugin.run(
      "data_storage.create_row", ["storage": .text(storage), "fields": fields], in: world)
  }

  private func find(_ changes: JSONObject) throws -> Outcome {
    var parameters: JSONObject = ["storage": "Lead Topics"]
    for (name, value) in changes { parameters[name] = value }
    return try plugin.run("data_storage.find_rows", .object(parameters), in: world)
  }

  @Test(arguments: ["Lead Topics", "lead topics", " Lead Topics ", "301"])
  func `a storage is known by its name in any case and by its id`(_ storage: String) throws {
    let outcome = try create(["lead": "L-9"], storage: storage)
    #expect(outcome.value == ["row": "1001", "fields": ["lead": "L-9"]])
    let put = try #require(world.puts.first)
    #expect(put.collection == "row" && put.version == 0)
    #expect(JSONValue.object(put.fields) == ["storage": "301", "fields": ["lead": "L-9"]])
  }

  @Test(arguments: [
    ("position", "12", 12), ("position", "1.50", JSONValue(numberText: "1.50")),
    ("position", 7, 7), ("open", "true", true), ("open", false, false), ("lead", 12, "12"),
    ("due", " 2026-11-22 ", "2026-11-22"), ("at", "2026-11-22T10:00:00+05:30", nil),
    ("at", "2026-11-22", nil), ("at", "1795000000", nil), ("mail", "a@b.example", nil),
    ("site", "https://a.example/x", nil), ("parts", [1, "a"], nil), ("more", ["a": 1], nil),
    ("LEAD", "x", nil),
  ] as [(String, JSONValue, JSONValue?)])
  func `a value of its column's type is stored`(
    _ column: String, _ given: JSONValue, _ expected: JSONValue?
  ) throws {
    let outcome = try create([column: given])
    #expect(outcome.value?["fields"]?[column.lowercased()] == expected ?? given, "\(outcome)")
  }

  @Test(arguments: [
    ("position", "twelve"), ("position", true), ("open", "yes"), ("open", 1), ("lead", ["a"]),
    ("lead", true), ("due", "2026-02-30"), ("due", "22.11.2026"), ("at", "tomorrow"),
    ("at", "2026-11-22T25:00"), ("mail", "nobody"), ("site", "ftp://a.example"), ("parts", "a"),
    ("more", [1]),
  ] as [(String, JSONValue)])
  func `a value of another type is refused with the column's name`(
    _ column: String, _ value: JSONValue
  ) throws {
    let outcome = try create([column: value])
    #expect(outcome.errorClass == .invalidInput && outcome.code == "wrong_type", "\(outcome)")
    #expect(outcome.message?.hasPrefix("column \(column) is of type ") == true)
    #expect(world.puts.isEmpty)
  }

  @Test func `empty values leave the column empty`() throws {
    let outcome = try create(["lead": "", "topic": .null, "position": ""])
    #expect(outcome.value?["fields"]?.asObject?.isEmpty == true)
  }

  @Test func `what does not fit is refused with a message that says what`() throws {
    #expect(try create([:]).code == "empty_fields")
    let column = try create(["colour": "red"])
    #expect(column.errorClass == .invalidInput && column.message == "unknown column: colour")
    let storage = try create(["lead": "x"], storage: "nope")
    #expect(storage.errorClass == .notFound && storage.message == "storage not found: nope")
    let large = try create(["lead": .text(String(repeating: "x", count: 66_000))])
    #expect(large.code == "row_too_large")
    #expect(world.puts.isEmpty)
  }

  @Test func `rows are found by columns, in order, in pages`() throws {
    let one = try find(["where": ["field": "lead", "op": "is", "right": "l-8"]])
    #expect(one.value?["rows"]?[0]?["id"] == "502" && one.value?["total"] == 1)
    #expect(one.value?["rows"]?[0]?["position"] == 5)
    let nested = try find([
      "where": [
        "any": [
          ["field": "position", "op": "at_least", "right": 5],
          ["all": [["field": "topic", "op": "is", "right": "Pipelines"]]],
        ]
      ], "sort": "topic", "order": "desc", "limit": 1,
    ])
    #expect(nested.value?["rows"]?[0]?["topic"] == "Plugins")
    #expect(nested.value?["count"] == 1 && nested.value?["total"] == 2)
    let page = try find(["offset": 1, "columns": "topic"])
    #expect(page.value?["rows"]?[0]?.asObject?.names.sorted().last == "updated_at")
    #expect(page.value?["rows"]?[0]?["lead"] == nil && page.value?["count"] == 1)
    #expect(try find(["row": ["501", "999"]]).value?["count"] == 1)
    #expect(try find(["where": ["all": []]]).value?["count"] == 2)
    #expect(try find(["where": ["field": "lead", "op": "is", "right": "no"]]).value?["rows"] == [])
  }

  @Test(arguments: [
    (["where": ["field": "colour", "op": "is", "right": 1]], "unknown_column"),
    (["columns": ["colour"]], "unknown_column"), (["sort": "colour"], "unknown_column"),
    (["where": ["op": "is"]], "bad_filter"), (["where": ["all": "x"]], "bad_filter"),
    (["where": ["all": [["field": "lead"]], "any": []]], "bad_filter"),
  ] as [(JSONObject, String)])
  func `a question nobody can answer is refused`(_ changes: JSONObject, _ code: String) throws {
    let outcome = try find(changes)
    #expect(outcome.errorClass == .invalidInput && outcome.code == code, "\(outcome)")
  }
}

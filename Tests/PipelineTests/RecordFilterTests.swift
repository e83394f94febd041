// SPDX-License-Identifier: Apache-2.0
// Filters over records.

import Pipeline
import Testing
import Values

@Suite struct RecordFilterTests {
  static let record: JSONValue = [
    "id": "r1", "name": "Ana", "age": 42, "city": .null, "tags": ["lead", "vip"],
    "joined": "2026-01-02T03:04:05Z", "active": true, "attributes": ["Plan Name": "Team"],
    "a.b": "dotted",
  ]

  @Test(arguments: [
    (#"{}"#, true), (#"{"all": []}"#, true), (#"{"any": []}"#, false),
    (#"{"all": [{"field": "name", "op": "is", "right": "ana"}]}"#, true),
    (#"{"field": "name", "op": "is_not", "right": "ana"}"#, false),
    (#"{"all": [{"field": "name", "op": "is", "right": "ana", "case_sensitive": true}]}"#, false),
    (#"{"all": [{"field": "age", "op": "between", "right": [40, 50]}]}"#, true),
    (#"{"all": [{"field": "age", "op": "is", "right": "42"}]}"#, true),
    (#"{"all": [{"field": "tags", "op": "contains", "right": "VIP"}]}"#, true),
    (#"{"all": [{"field": "name", "op": "contains", "right": "n"}]}"#, true),
    (#"{"all": [{"field": "tags", "op": "count_at_least", "right": 3}]}"#, false),
    (#"{"all": [{"field": "joined", "op": "after", "right": "2026-01-01"}]}"#, true),
    (#"{"field": "joined", "op": "between", "right": ["2026-01-01", "2026-01-03"]}"#, true),
    (#"{"all": [{"field": "active", "op": "is", "right": true}]}"#, true),
    (#"{"all": [{"field": "city", "op": "is_empty"}]}"#, true),
    (#"{"all": [{"field": "nothing", "op": "is_empty"}]}"#, true),
    (#"{"all": [{"field": "attributes.Plan Name", "op": "is", "right": "team"}]}"#, true),
    (#"{"all": [{"field": "a.b", "op": "is", "right": "dotted"}]}"#, true),
    (
      #"{"any": [{"field": "age", "op": "less_than", "right": 1}, "#
        + #"{"all": [{"field": "name", "op": "starts_with", "right": "A"}]}]}"#, true
    ),
  ])
  func `a record passes as its filter says`(filter: String, expected: Bool) throws {
    let filter = try RecordFilter.parse(try JSONValue(parsing: filter))
    #expect(filter.matches(Self.record) == expected)
  }

  @Test(arguments: [
    (#"[]"#, "wrong_type"), (#"5"#, "wrong_type"), (#"{"al": []}"#, "unknown_key"),
    (#"{"all": [{"field": "name", "op": "iss", "right": 1}]}"#, "unknown_condition"),
    (#"{"all": [{"field": "name", "op": "is"}]}"#, "missing_key"),
    (#"{"all": [{"op": "is", "right": 1}]}"#, "missing_key"),
    (#"{"all": [{"field": "n", "op": "between", "right": 1}]}"#, "wrong_operands"),
    (#"{"all": [{"field": "n", "op": "matches", "right": "a("}]}"#, "bad_pattern"),
    (#"{"all": [{"field": "n", "op": "is", "rihgt": 1, "right": 1}]}"#, "unknown_key"),
    (#"{"all": [], "any": []}"#, "all_and_any"),
  ])
  func `a filter that is none is refused`(filter: String, code: String) throws {
    let value = try JSONValue(parsing: filter)
    let error = #expect(throws: PipelineError.self) { try RecordFilter.parse(value) }
    #expect(error?.code == code)
  }

  @Test func `a nest without end is refused, not followed`() throws {
    var value: JSONValue = ["field": "n", "op": "is_empty"]
    for _ in 0..<100 { value = ["all": [value]] }
    let error = #expect(throws: PipelineError.self) { try RecordFilter.parse(value) }
    #expect(error?.code == "too_deep")
  }

  @Test func `a field's type decides what may be asked`() throws {
    let value: JSONValue = ["all": [["field": "age", "op": "is", "right": 1]]]
    let error = #expect(throws: PipelineError.self) {
      try RecordFilter.parse(value, types: ["age": .number])
    }
    #expect(error?.code == "unknown_condition")
  }

  @Test func `equalities are those of the topmost all`() throws {
    let value: JSONValue = [
      "all": [
        ["field": "a", "op": "is", "right": "X", "case_sensitive": true],
        ["field": "b", "op": "equals", "right": 2],
        ["field": "c", "op": "is_not", "right": 3],
        ["any": [["field": "d", "op": "is", "right": 4]]],
      ]
    ]
    let equalities = try RecordFilter.parse(value).equalities
    #expect(equalities.map(\.field) == ["a", "b"])
    #expect(equalities.map(\.value) == ["X", 2])
    #expect(equalities.map(\.isCaseSensitive) == [true, false])
    let any = try RecordFilter.parse(["any": [["field": "a", "op": "is", "right": 1]]])
    #expect(any.equalities == [])
  }
}

// SPDX-License-Identifier: Apache-2.0
// Formatters of lists, and what large values cost.

import Testing
import Values

@testable import Pipeline

@Suite struct FormatterListTests {
  typealias Row = FormatterTests.Row

  static func decimal(_ text: String) -> JSONValue { FormatterTests.decimal(text) }

  static let people: JSONValue = [
    ["name": "bo", "age": 9, "at": ["city": "Pune"]], ["name": "Ana", "age": "30"],
    ["name": "cy", "age": .null], ["name": "Ana", "age": 2], "none",
  ]

  static let rows: [Row] = [
    ("join", ["a", 1, .null, true, [1]], "a, 1, , true, [1]"), (#"join: """#, ["a", "b"], "ab"),
    ("join", [], ""), ("join", "a", "a"), ("join", .null, ""), ("join", [:], nil),
    ("join", ["a": 1], nil),
    ("join: [1]", ["a"], nil), ("count", ["a", .null], 2), ("count", [], 0), ("count", "a", 1),
    ("count", "", 0), ("count", .null, 0), ("count", ["a": 1], 1), ("first", [1, 2], 1),
    ("first", "a", "a"), ("first", [], nil), ("first", .null, nil), ("last", [1, 2], 2),
    ("last", [], nil), ("last", ["a": 1], ["a": 1]),
    (#"pick: "name""#, people, ["bo", "Ana", "cy", "Ana"]), (#"pick: "at.city""#, people, ["Pune"]),
    (#"pick: "age""#, people, [9, "30", .null, 2]), (#"pick: "x""#, people, []),
    (#"pick: "name""#, ["name": "x"], ["x"]), (#"pick: "name""#, [], []),
    (#"pick: "name""#, "a", nil),
    (#"pick: "name""#, [1], nil), ("pick: [1]", [["a": 1]], nil),
    ("unique", ["b", "a", "b", "B", 1, "1", 1], ["b", "a", "B", 1, "1"]), ("unique", [], []),
    (
      "unique", [[1, 2], [1, 2], ["a": 1, "b": 2], ["b": 2, "a": 1]], [[1, 2], ["a": 1, "b": 2]]
    ),
    (#"unique: "name" | count"#, people, 4), ("unique", "a", ["a"]), ("unique: [1]", ["a"], nil),
    (
      "sort", [10, "9", "b", "A", true, .null, decimal("9.5"), "é"],
      ["9", decimal("9.5"), 10, "A", "b", "é", true, .null]
    ),
    (#"sort: null, "desc""#, [1, 3, "a", "b", .null, 2], [3, 2, 1, "b", "a", .null]),
    (#"sort: "age" | pick: "age""#, people, [2, 9, "30", .null]),
    (#"sort: "name", "desc" | pick: "age""#, people, [.null, 9, "30", 2]),
    (
      "sort", [-1, decimal("-1.5"), decimal("1e-3"), 0], [decimal("-1.5"), -1, 0, decimal("1e-3")]
    ),
    ("sort", [], []), ("sort", 5, [5]), (#"sort: "a", v"#, [1], nil), ("sort: [1]", [1], nil),
    (#"where: "name", "ANA" | count"#, people, 2),
    (#"where: "age", "greater_than", 5 | count"#, people, 2),
    (#"where: {"field": "age", "op": "is_empty"} | count"#, people, 1),
    (
      #"where: {"all": [{"field": "name", "op": "is", "right": "ana"}, {"field": "age", "op": "less_than", "right": 5}]} | pick: "age""#,
      people, [2]
    ),
    (#"where: "at.city", "Pune" | count"#, people, 1), (#"where: "name", "x""#, people, []),
    (#"where: "name", "is", gone"#, people, []), (#"where: "name", "like", 1"#, people, nil),
    (#"where: "name", "x""#, ["a"], nil), ("where: 5", people, nil),
    (#"where: "name", [1]"#, people, []), (#"where: "a", 1"#, [], []),
    (#"where: "name", "matches", "^a.a$" | count"#, people, 2),
    (#"where: "name", "matches", "(" "#, people, nil),
  ]

  @Test func `a formatter of lists gives what its table says`() throws {
    try FormatterTests().`a formatter gives what its table says`(rows: Self.rows)
  }

  // MARK: What it costs

  private func apply(
    _ name: String, _ value: JSONValue, _ arguments: JSONValue...
  ) throws -> Formatters.Outcome {
    try Formatters.apply(name, value, arguments, FormatterContext())
  }

  /// Twice what merging needs, for the short runs that are sorted by insertion first.
  @Test(arguments: [1_000, 20_000])
  func `sorting takes n log n comparisons, sorted, reversed or equal`(count: Int) {
    let orders: [[SortKey]] = [
      (0..<count).map { SortKey(.integer(Int64($0))) },
      (0..<count).map { SortKey(.integer(Int64(count - $0))) },
      (0..<count).map { SortKey(.integer(Int64($0 % 2))) },
      (0..<count).map { SortKey(.integer(Int64($0 &* 7_919 % 10_007))) },
    ]
    for keys in orders {
      var comparisons = 0
      let order = SortKey.order(of: keys) { comparisons += 1 }
      #expect(Set(order).count == count)
      let levels = Int.bitWidth - count.leadingZeroBitCount
      #expect(comparisons <= 4 * count * levels)
    }
  }

  @Test func `a million elements are counted, joined and made unique`() throws {
    let list = JSONValue.list((0..<1_000_000).map { .integer(Int64($0 % 1_000)) })
    guard case .value(let unique) = try apply("unique", list) else {
      Issue.record("nothing unique")
      return
    }
    #expect(unique.asList?.count == 1_000)
    #expect(try apply("count", list) == .value(1_000_000))
    guard case .value(let text) = try apply("join", list, ",") else {
      Issue.record("nothing joined")
      return
    }
    // A thousand times the digits of 0 to 999, and the commas.
    #expect(text.asText?.utf8.count == 1_000 * 2_890 + 999_999)
  }

  @Test func `a result over the limits is missing, before it takes the memory`() throws {
    let million = JSONValue.text(String(repeating: "a", count: 1 << 20))
    let hundred = JSONValue.text(String(repeating: "b", count: 100))
    let results = [
      try apply("replace", million, "a", hundred),
      try apply("join", .list([JSONValue](repeating: hundred, count: 400_000)), ""),
      try apply("join", .list([JSONValue](repeating: "", count: 40)), million),
      try apply("base64", .text(String(repeating: "a", count: 30 << 20))),
    ]
    for result in results {
      #expect(result == .nothing(reason: "the result is over 33554432 bytes: put in less"))
    }
    let parts = try apply("split", .text(String(repeating: ",", count: 2_000_000)))
    #expect(parts == .nothing(reason: "the result has over 2000000 elements: put in less"))
  }

  @Test func `a part that repeats itself is looked for in linear time`() throws {
    let text = String(repeating: "a", count: 1 << 20)
    let part = String(repeating: "a", count: 1 << 19) + "b"
    #expect(try apply("replace", .text(text), .text(part), "x") == .value(.text(text)))
    #expect(
      try apply("split", .text(text + "b"), .text(part))
        == .value([.text(String(repeating: "a", count: 1 << 19)), ""]))
  }

  @Test func `a template of ten thousand parts renders, and a hundred notes are enough`() throws {
    let text = String(repeating: "{{v | upper}}-", count: 10_000)
    var scope = RenderScope { _ in "ab" }
    let value = try scope.render(Template(parsing: text))
    #expect(value?.asText == String(repeating: "AB-", count: 10_000))
    var wrong = RenderScope { _ in [1] }
    _ = try wrong.render(Template(parsing: text))
    #expect(wrong.notes.count == 100)
  }
}

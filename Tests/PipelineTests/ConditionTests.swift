// SPDX-License-Identifier: Apache-2.0
// Every type and operator of conditions, by table.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct ConditionTests {
  /// type, operator, left, right, verdict
  typealias Row = (String, String, JSONValue?, JSONValue?, Bool)

  static let texts: [Row] = [
    ("text", "is", "Ana", "ana", true), ("text", "is", "Ana", "Bo", false),
    ("text", "is", nil, "", true), ("text", "is", 12, "12", true),
    ("text", "is", true, "true", true), ("text", "is_not", nil, "x", true),
    ("text", "is_not", "x", "X", false), ("text", "in_list", " team ", "starter, team", true),
    ("text", "in_list", "team", ["Starter", " TEAM "], true),
    ("text", "in_list", "", "a,,b", false), ("text", "in_list", "a b", "a b,c", true),
    ("text", "not_in_list", "x", "a,b", true), ("text", "not_in_list", "A", "a,b", false),
    ("text", "contains", "Hello World", "lo wo", true),
    ("text", "contains", "Hello", "", false), ("text", "not_contains", "Hello", "", true),
    ("text", "not_contains", "Hello", "xyz", true), ("text", "contains", "日本語", "本", true),
    ("text", "starts_with", "Hello", "HE", true), ("text", "starts_with", "He", "hello", false),
    ("text", "ends_with", "Hello", "LO", true), ("text", "ends_with", "lo", "hello", false),
    ("text", "min_length", "日本", 2, true), ("text", "min_length", "a", 2, false),
    ("text", "max_length", "abc", "3", true), ("text", "max_length", "abcd", 3, false),
    ("text", "max_length", "a", "many", false), ("text", "is_empty", nil, nil, true),
    ("text", "is_empty", "", nil, true), ("text", "is_empty", .null, nil, true),
    ("text", "is_empty", [], nil, true), ("text", "is_empty", " ", nil, false),
    ("text", "is_not_empty", 0, nil, true), ("email", "is", "A@B.example", "a@b.example", true),
    ("website", "starts_with", "https://x", "https", true),
    ("choice", "is", "New", "new", true), ("choice", "in_list", "New", "old,new", true),
    ("choice", "is_not", "New", "old", true), ("choice", "not_in_list", "New", "old,new", false),
    ("choice", "is_empty", "", nil, true), ("choice", "is_not_empty", "New", nil, true),
    ("text", "matches", "Order 12", "^order \\d+$", true),
    ("text", "matches", "x12", "^\\d", false),
    ("text", "matches", nil, "^$", true), ("text", "matches", 12, "^12$", true),
    ("text", "matches", "a", "(", false), ("text", "matches", "a", nil, true),
    ("email", "matches", "A@b.example", "@b\\.example$", true),
    ("website", "matches", "https://x.example/a", "^https://[^/]+/", true),
    ("email", "contains", "a@b.example", "@B", true), ("website", "is_not_empty", "x", nil, true),
    ("file", "is_empty", [:], nil, true), ("file", "is_not_empty", ["url": "x"], nil, true),
  ]

  static let numbers: [Row] = [
    ("number", "equals", 1, "1.0", true), ("number", "equals", " 12 ", 12, true),
    ("number", "equals", 9_007_199_254_740_993, 9_007_199_254_740_992, false),
    ("number", "not_equals", 1, 2, true), ("number", "not_equals", "x", 2, false),
    ("number", "greater_than", 2.5, 2, true), ("number", "greater_than", 2, 2, false),
    ("number", "less_than", "-1", 0, true), ("number", "at_least", 2, 2, true),
    ("number", "at_most", 2, 1, false), ("number", "between", 5, [1, 5], true),
    ("number", "between", 6, [1, 5], false), ("number", "between", 6, 5, false),
    ("number", "not_between", 6, ["1", "5"], true), ("number", "not_between", "x", [1, 5], false),
    ("number", "equals", "0x10", 16, false), ("number", "equals", "1,000", 1_000, false),
    ("number", "equals", "inf", "inf", false), ("number", "equals", true, 1, false),
    ("number", "equals", nil, 0, false), ("number", "min_length", 123, 3, true),
    ("number", "is_empty", nil, nil, true), ("number", "is_not_empty", 0, nil, true),
    ("number", "equals", "1e2", 100, true), ("number", "equals", "+3", 3, true),
  ]

  static let dates: [Row] = [
    ("date_time", "is", "2026-11-22T10:00:00Z", "2026-11-22T15:30:00+05:30", true),
    ("date_time", "is", 1_795_341_600, "2026-11-22T10:00:00Z", true),
    ("date_time", "is", 1_795_341_600_000, 1_795_341_600, true),
    ("date_time", "is", "1795341600", 1_795_341_600, true),
    ("date_time", "is_not", "2026-11-22", "2026-11-22T00:00:00Z", false),
    ("date_time", "on", "2026-11-22T23:59:59Z", "2026-11-22", true),
    ("date_time", "on", "2026-11-23T00:00:00Z", "2026-11-22", false),
    ("date_time", "after", "2026-11-22T10:00:01Z", "2026-11-22 10:00Z", true),
    ("date_time", "after", "never", "2026-11-22", false),
    ("date_time", "after", "2026-02-30", "2026-01-01", false),
    ("date_time", "before", "2026-11-21", "2026-11-22", true),
    ("date_time", "not_before", "2026-11-22", "2026-11-22", true),
    ("date_time", "between", "2026-11-22", ["2026-11-22", "2026-11-23"], true),
    ("date_time", "not_between", "2026-11-24", ["2026-11-22", "2026-11-23"], true),
    ("date_time", "is_empty", "", nil, true),
    ("date", "is", "2026-11-22T23:00:00Z", "20261122", true),
    ("date", "after", "2026-11-22T23:00:00Z", "2026-11-22T01:00:00Z", false),
    ("date", "is", "2024-02-29", "2024-02-29", true),
    ("date", "is", "2023-02-29", "2023-02-29", false),
    ("time", "is", "10:00", "10:00:00", true), ("time", "after", "10:00:00.5", "10:00", true),
    ("time", "before", "2026-11-22T09:59:59Z", "10:00", true),
    ("time", "between", "12:30", ["09:00", "17:00"], true), ("time", "is", "25:00", "1:00", false),
  ]

  static let others: [Row] = [
    ("boolean", "is", true, "yes", true), ("boolean", "is", "FALSE", false, true),
    ("boolean", "is", 1, true, true), ("boolean", "is_not", false, true, true),
    ("boolean", "is", "maybe", true, false), ("boolean", "is", nil, false, false),
    ("list", "contains", ["a", "B"], "b", true), ("list", "contains", [1, 2], 2, true),
    ("list", "contains", "single", "Single", true), ("list", "contains", nil, "x", false),
    ("list", "not_contains", ["a"], "b", true), ("list", "count_equals", ["a", "b"], 2, true),
    ("list", "count_equals", nil, 0, true), ("list", "count_at_least", ["a"], 1, true),
    ("list", "count_at_most", ["a", "b"], 1, false),
    ("list", "count_between", ["a"], [1, 2], true),
    ("list", "count_not_between", ["a"], [2, 3], true),
    ("list", "count_greater_than", ["a"], 0, true), ("list", "count_less_than", ["a"], 1, false),
    ("list", "count_not_equals", ["a"], 2, true), ("list", "is_empty", [], nil, true),
  ]

  @Test(arguments: [texts, numbers, dates, others])
  func `a condition holds as its table says`(rows: [Row]) throws {
    for (type, op, left, right, expected) in rows {
      let test = ConditionTest(
        type: try #require(ConditionType(rawValue: type)),
        operator: try #require(ConditionOperator(rawValue: op)))
      #expect(test.type.operators.contains(test.operator), "\(type) has no \(op)")
      let verdict = test.verdict(left: left, right: right)
      #expect(
        verdict.passed == expected,
        "\(left?.json ?? "missing") \(op) \(right?.json ?? "missing") as \(type)")
    }
  }

  @Test func `every operator of every type is in a table`() {
    let rows = Self.texts + Self.numbers + Self.dates + Self.others
    let tried = Set(rows.map { "\($0.1)" })
    for op in ConditionOperator.allCases {
      #expect(tried.contains(op.rawValue), "no row tries \(op.rawValue)")
    }
  }

  /// spec/engine.md, Filter: "matches (regular expression, linear time, no backtracking blow-up)".
  @Test func `a regular expression from a template is false with a note when it is none`() {
    var test = ConditionTest(type: .text, operator: .matches)
    #expect(
      test.verdict(left: "a", right: "a(").note
        == "the right operand is no regular expression: a ( without its ), at character 2")
    let long = JSONValue.text(String(repeating: "a", count: 300_000))
    let verdict = test.verdict(left: long, right: "(a{100}){30}b")
    #expect(!verdict.passed)
    #expect(verdict.note?.contains("too long") == true)
    test.isCaseSensitive = true
    #expect(!test.verdict(left: "A", right: "a").passed)
  }

  @Test func `case counts where it is asked for`() {
    var test = ConditionTest(type: .text, operator: .is)
    test.isCaseSensitive = true
    #expect(!test.verdict(left: "Ana", right: "ana").passed)
    test.operator = .inList
    #expect(!test.verdict(left: "Ana", right: "ana;bo").passed)
    test.delimiter = ";"
    #expect(test.verdict(left: "bo", right: "ana;bo").passed)
  }

  @Test func `an operand that does not parse is named`() {
    let test = ConditionTest(type: .number, operator: .equals)
    #expect(test.verdict(left: "many", right: 1).note == "the left operand is not a number")
    #expect(test.verdict(left: 1, right: "few").note == "the right operand is not a number")
  }

  @Test func `a date without a zone is in the project's`() {
    let india = Zone(fixed: "+05:30") ?? .utc
    let test = ConditionTest(type: .dateTime, operator: .is)
    let verdict = test.verdict(left: "2026-11-22T15:30", right: "2026-11-22T10:00Z", zone: india)
    #expect(verdict.passed)
    let day = ConditionTest(type: .date, operator: .is)
    #expect(day.verdict(left: "2026-11-22T20:00Z", right: "2026-11-23", zone: india).passed)
  }

  @Test func `a moment writes itself as it was read`() {
    let texts = [
      "1970-01-01T00:00:00Z", "2000-02-29T12:34:56Z", "1999-12-31T23:59:59.999Z",
      "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "1969-12-31T23:59:59Z",
    ]
    for text in texts {
      #expect(Moment(text: text, zone: .utc)?.iso == text)
    }
    for text in ["", "2026", "2026-13-01", "2026-11-22T", "2026-11-22T10:00+99", "x", "-"] {
      #expect(Moment(text: text, zone: .utc) == nil || text == "2026", "\(text)")
    }
  }
}

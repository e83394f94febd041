// SPDX-License-Identifier: Apache-2.0
// Formatters that calculate: exact decimals, not binary fractions.

import Pipeline
import Testing
import Values

@Suite struct FormatterNumberTests {
  typealias Row = FormatterTests.Row

  static func decimal(_ text: String) -> JSONValue { FormatterTests.decimal(text) }

  static let rows: [Row] = [
    ("add: 0.2", decimal("0.1"), decimal("0.3")),
    ("add: 1", 9_007_199_254_740_993, 9_007_199_254_740_994),
    ("add: 1", 9_223_372_036_854_775_807, decimal("9223372036854775808")),
    (#"add: " 2.50 ""#, "1.5", 4), ("add: -5", "+3", -2), ("add: 0", decimal("-0"), 0),
    ("add: 1e-40", decimal("1e20"), decimal("100000000000000000000")),
    ("add: 1e-34", 1, 1), ("add: 5e-34", 1, 1),
    ("add: 5.1e-34", 1, decimal("1.000000000000000000000000000000001")),
    ("add: 1", "x", nil), ("add: 1", "", nil), ("add: 1", .null, nil), ("add: 1", [1], nil),
    ("add: 1", true, nil), ("add: gone", 1, nil), (#"add: v"#, "1,000", nil),
    ("add: 1", "0x10", nil),
    ("add: 1", "Infinity", nil), ("add: 1", decimal("1e6001"), nil),
    ("subtract: 0.9", 1, decimal("0.1")), ("subtract: 5", 3, -2), ("subtract: 1", "a", nil),
    ("subtract: 1", decimal("1e40"), decimal("1e40")), ("subtract: -1", -1, 0),
    ("multiply: 1.1", decimal("1.1"), decimal("1.21")), ("multiply: 0", -5, 0),
    ("multiply: -3", decimal("2.50"), decimal("-7.5")), ("multiply: 19.99", 3, decimal("59.97")),
    (
      "multiply: 1234567890123456789", decimal("9876543210987654321"),
      decimal("12193263113702179522374638011112640000")
    ),
    (
      "multiply: 9999999999999999999999999999999999", decimal("9999999999999999999999999999999999"),
      decimal("9999999999999999999999999999999998e34")
    ),
    ("multiply: 1e4000", decimal("1e4000"), nil), ("multiply: 2", "two", nil),
    ("divide: 4", 1, decimal("0.25")), ("divide: 3", 1, decimal("0.3333333333")),
    ("divide: 3", 2, decimal("0.6666666667")), ("divide: 3, 2", -2, decimal("-0.67")),
    ("divide: 8, 2", 1, decimal("0.12")), ("divide: 8, 2", 3, decimal("0.38")),
    ("divide: 2, 0", 5, 2),
    ("divide: 3, 30", 1, decimal("0.333333333333333333333333333333")),
    ("divide: 3", decimal("1e30"), decimal("333333333333333333333333333333.3333")),
    ("divide: 0", 1, nil), ("divide: 0.0", 0, nil), ("divide: 2", "x", nil),
    ("divide: 2, 99", 1, nil),
    ("divide: 7", 0, 0), ("divide: 1e-20", decimal("1e-20"), 1),
    ("round", decimal("2.5"), 3), ("round", decimal("-2.5"), -3), ("round", decimal("0.4"), 0),
    ("round: 2", decimal("1.005"), decimal("1.01")), ("round: 2", "2.675", decimal("2.68")),
    ("round: -2", 1_250, 1_300), ("round: 5", 3, 3), (#"round: 0, "half_even""#, decimal("2.5"), 2),
    (#"round: 1, "up""#, decimal("-1.29"), decimal("-1.2")),
    (#"round: 1, "down""#, decimal("-1.21"), decimal("-1.3")),
    (#"round: 0, "up""#, decimal("0.0001"), 1), ("round", decimal("-0.1"), 0), ("round: -30", 7, 0),
    (#"round: 0, v"#, 1, nil), ("round", [1], nil), ("round: 1.5", 1, nil),
    ("number_format", decimal("1234567.891"), "1,234,567.891"),
    ("number_format: 2", 1_234, "1,234.00"),
    ("number_format: 0", decimal("999.5"), "1,000"),
    ("number_format: 2", decimal("-0.004"), "0.00"),
    (#"number_format: 2, ",", ".""#, decimal("-1234.5"), "-1.234,50"),
    ("number_format: 2", "x", nil),
    (#"number_format: 1, ".", """#, 1_000_000, "1000000.0"),
    ("number_format: 3", decimal("0.0005"), "0.001"),
    ("number_format", 0, "0"), ("number_format", decimal("1e300"), nil),
    ("number_format: 2", [], nil),
    (#"currency: "EUR""#, decimal("1234.5"), "EUR 1,234.50"),
    (#"currency: "JPY""#, decimal("1234.5"), "JPY 1,235"),
    (#"currency: "KWD""#, 1, "KWD 1.000"), (#"currency: "EUR""#, -3, "EUR -3.00"),
    (#"currency: "€", 2, ",", ".""#, "1234.5", "€ 1.234,50"), (#"currency: "EUR""#, "a lot", nil),
    (#"currency: gone"#, 1, nil), (#"currency: "EUR""#, .null, nil),
  ]

  @Test func `a formatter of numbers gives what its table says`() throws {
    try FormatterTests().`a formatter gives what its table says`(rows: Self.rows)
  }

  @Test func `money adds up whatever the order`() throws {
    // A thousand tenths are a hundred: in binary fractions they are 99.9999999999986.
    var sum: JSONValue = 0
    for _ in 0..<1_000 {
      let outcome = try Formatters.apply(
        "add", sum, [Self.decimal("0.1")], FormatterContext())
      guard case .value(let next) = outcome else {
        Issue.record("no sum")
        return
      }
      sum = next
    }
    #expect(sum == 100)
  }

  @Test func `what is multiplied divides back, in all sizes`() throws {
    var state: UInt64 = 7
    func random(_ digits: Int) -> JSONValue {
      var text = "1"
      for _ in 1..<digits {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += String((state >> 33) % 10)
      }
      return Self.decimal(text)
    }
    for round in 0..<500 {
      let (one, two) = (random(1 + round % 17), random(1 + round % 16))
      let context = FormatterContext()
      guard
        case .value(let product) = try Formatters.apply("multiply", one, [two], context),
        case .value(let back) = try Formatters.apply("divide", product, [two], context),
        case .value(let zero) = try Formatters.apply("subtract", back, [one], context)
      else {
        Issue.record("no result")
        return
      }
      #expect(zero == 0, "\(one) × \(two)")
    }
  }
}

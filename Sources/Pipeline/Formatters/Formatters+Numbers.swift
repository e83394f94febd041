// SPDX-License-Identifier: Apache-2.0
// Formatters of numbers. They calculate in decimal: 0.1 + 0.2 is 0.3.

import Values

extension Formatters {
  static let numbers: [Formatter] = [
    Formatter(
      "add", [FormatterParameter("number", .number)],
      "number → the sum, exact to 34 digits; what is no number: missing"
    ) { call throws(FormatterRefusal) in try calculated(call) { $0.adding($1) } },
    Formatter(
      "subtract", [FormatterParameter("number", .number)],
      "number → less \"number\", exact to 34 digits; what is no number: missing"
    ) { call throws(FormatterRefusal) in try calculated(call) { $0.adding($1.negated) } },
    Formatter(
      "multiply", [FormatterParameter("number", .number)],
      "number → the product, exact to 34 digits; what is no number: missing"
    ) { call throws(FormatterRefusal) in try calculated(call) { $0.multiplied(by: $1) } },
    Formatter(
      "divide",
      [
        FormatterParameter("number", .number),
        FormatterParameter("places", .wholeNumber(FormatterLimits.places), isOptional: true),
      ],
      "number → divided by \"number\", rounded half even to \"places\" (10) after the point; by 0, "
        + "or what is no number: missing", divided),
    Formatter(
      "round",
      [
        FormatterParameter("places", .wholeNumber(roundable), isOptional: true),
        FormatterParameter(
          "mode", .choice(DecimalRounding.allCases.map(\.rawValue)), isOptional: true),
      ],
      "number → rounded to \"places\" (0) after the point, negative before it; a half goes away from "
        + "0 (mode \"half_up\"), or \"half_even\", \"up\", \"down\"; what is no number: missing",
      rounded),
    Formatter(
      "number_format",
      [FormatterParameter("places", .wholeNumber(FormatterLimits.places), isOptional: true)]
        + separators,
      "number → text with \"places\" after the point (as many as it has), a point (\".\") and groups "
        + "of three digits (\",\"): 1,234.50; what is no number: missing"
    ) { call throws(FormatterRefusal) in
      let number = try call.number()
      let places = try call.whole(0, in: FormatterLimits.places)
      return .text(try fixed(number, places ?? min(number.places, 30), call, separators: 1))
    },
    Formatter(
      "currency",
      [
        FormatterParameter("currency", .text),
        FormatterParameter("places", .wholeNumber(FormatterLimits.places), isOptional: true),
      ] + separators,
      "number → text with the currency in front, its usual places (2 for EUR, 0 for JPY), a point "
        + "(\".\") and groups of three digits (\",\"): EUR 1,234.50; what is no number: missing"
    ) { call throws(FormatterRefusal) in
      let code = try call.text(0)
      let places = try call.whole(1, in: FormatterLimits.places) ?? minorUnits[code] ?? 2
      return .text(code + " " + (try fixed(try call.number(), places, call, separators: 2)))
    },
  ]

  private static let separators = [
    FormatterParameter("point", .text, isOptional: true),
    FormatterParameter("group", .text, isOptional: true),
  ]
  private static let roundable = -30...30

  /// Places of those currencies that have not 2.
  ///
  /// **Source** ISO 4217.
  private static let minorUnits: [String: Int] = {
    let none = [
      "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
      "XAF", "XOF", "XPF",
    ]
    let three = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
    return Dictionary(
      none.map { ($0, 0) } + three.map { ($0, 3) }, uniquingKeysWith: { first, _ in first })
  }()

  private static func calculated(
    _ call: FormatterCall, _ operation: (ExactDecimal, ExactDecimal) -> ExactDecimal?
  ) throws(FormatterRefusal) -> JSONValue {
    guard let result = operation(try call.number(), try call.number(0)) else { throw outOfRange }
    return result.jsonValue
  }

  private static let outOfRange = FormatterRefusal(
    "the result is beyond 10 to the power of \(ExactDecimal.maximalExponent)")

  private static func divided(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let (number, divisor) = (try call.number(), try call.number(0))
    let places = try call.whole(1, in: FormatterLimits.places) ?? 10
    if divisor == .zero { throw FormatterRefusal("nothing can be divided by 0") }
    guard let result = number.divided(by: divisor, places: places) else { throw outOfRange }
    return result.jsonValue
  }

  private static func rounded(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let number = try call.number()
    let places = try call.whole(0, in: roundable) ?? 0
    let name = try call.text(1, default: DecimalRounding.halfUp.rawValue)
    guard let mode = DecimalRounding(rawValue: name) else {
      throw FormatterRefusal("argument 2 is no way to round")
    }
    guard let result = number.rounded(places: places, mode) else { throw outOfRange }
    return result.jsonValue
  }

  private static func fixed(
    _ number: ExactDecimal, _ places: Int, _ call: FormatterCall, separators index: Int
  ) throws(FormatterRefusal) -> String {
    let (point, group) = (
      try call.text(index, default: "."), try call.text(index + 1, default: ",")
    )
    guard point.utf8.count <= 20, group.utf8.count <= 20 else {
      throw FormatterRefusal("a separator is longer than 20 bytes")
    }
    guard let text = number.fixed(places: places, point: point, group: group) else {
      throw FormatterRefusal("the number has too many digits to be written out")
    }
    return text
  }
}

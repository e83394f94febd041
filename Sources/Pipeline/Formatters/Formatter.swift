// SPDX-License-Identifier: Apache-2.0
// One formatter: its name, its arguments, what it is for, and what it does.

import Values

/// A formatter as templates name it after `|`.
package struct Formatter: Sendable {
  package let name: String
  package let parameters: [FormatterParameter]
  /// One line: what goes in, what comes out, and what a value of the wrong type gives.
  package let summary: String
  /// Whether it is asked about a missing value too; for all others missing stays missing.
  let takesMissing: Bool
  private let body: @Sendable (FormatterCall) throws(FormatterRefusal) -> JSONValue

  init(
    _ name: String, _ parameters: [FormatterParameter], takesMissing: Bool = false,
    _ summary: String,
    _ body: @escaping @Sendable (FormatterCall) throws(FormatterRefusal) -> JSONValue
  ) {
    self.name = name
    self.parameters = parameters
    self.takesMissing = takesMissing
    self.summary = summary
    self.body = body
  }

  /// One without arguments.
  init(
    _ name: String, _ summary: String,
    _ body: @escaping @Sendable (FormatterCall) throws(FormatterRefusal) -> JSONValue
  ) {
    self.init(name, [], summary, body)
  }

  /// How many arguments it takes.
  package var arguments: ClosedRange<Int> {
    parameters.count { !$0.isOptional }...parameters.count
  }

  /// The result for one value.
  ///
  /// **Throws** why there is none, in words that hold nothing of the value
  package func apply(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let result = try body(call)
    if case .text(let text) = result, text.utf8.count > FormatterLimits.textBytes {
      throw FormatterLimits.tooLong
    }
    return result
  }
}

/// Why a formatter gave nothing.
package struct FormatterRefusal: Error, Sendable, Hashable {
  package let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// What one result may cost, each with its reason.
enum FormatterLimits {
  /// A text is a payload and bounded like one.
  static let textBytes = JSONLimits.standard.bytes
  /// A list is a payload too.
  static let elements = JSONLimits.standard.values
  /// Places after the point: more than the digits of an exact number tell nothing.
  static let places = 0...30

  static let tooLong = FormatterRefusal("the result is over \(textBytes) bytes: put in less")
  static let tooMany = FormatterRefusal("the result has over \(elements) elements: put in less")
}

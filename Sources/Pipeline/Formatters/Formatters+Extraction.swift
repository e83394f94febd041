// SPDX-License-Identifier: Apache-2.0
// Formatters that find one thing in a text.

import Pattern
import Values

extension Formatters {
  static let extraction: [Formatter] = [
    Formatter(
      "extract_number",
      "text → the first number in it, as in \"1,234.50\" or \"-3\"; none, a list or object: missing",
      number),
    Formatter(
      "extract_email", "text → the first mail address in it; none, a list or object: missing"
    ) { call throws(FormatterRefusal) in
      .text(String(try first(email, in: call.text(), "mail address")))
    },
    Formatter(
      "extract_url",
      "text → the first http or https URL in it; none, a list or object: missing"
    ) { call throws(FormatterRefusal) in
      .text(String(withoutClosing(try first(url, in: call.text(), "URL"))))
    },
    Formatter(
      "extract_phone",
      "text → the digits of the first phone number in it, 7 to 15, with its \"+\" if it has one; "
        + "none, a list or object: missing"
    ) { call throws(FormatterRefusal) in
      guard let phone = PhoneText.first(in: try call.text()) else {
        throw FormatterRefusal("there is no phone number in it")
      }
      return .text(phone)
    },
  ]

  private static let email = try? Pattern(
    parsing: "[\\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,63}\\b")
  private static let url = try? Pattern(
    parsing: "\\bhttps?://[^\\s<>\"'`{}|\\\\^]+", ignoresCase: true)
  private static let digits = try? Pattern(parsing: "\\d+(,\\d{3})*(\\.\\d+)?")

  private static func first(
    _ pattern: Pattern?, in text: String, _ what: String
  ) throws(FormatterRefusal) -> Substring {
    guard let range = pattern?.firstMatch(in: text) else {
      throw FormatterRefusal("there is no \(what) in it")
    }
    return text[range]
  }

  /// A URL at the end of a sentence or in brackets takes nothing of them with it.
  private static func withoutClosing(_ url: Substring) -> Substring {
    var url = url
    while let last = url.last {
      guard ".,;:!?".contains(last) || last == ")" && !url.contains("(") else { break }
      url.removeLast()
    }
    return url
  }

  private static func number(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    if let number = ExactDecimal(call.value ?? .null) { return number.jsonValue }
    let text = try call.text()
    let found = try first(digits, in: text, "number")
    let before = text[..<found.startIndex].unicodeScalars
    // In `A-12` the stroke is none of the number's.
    let isNegative =
      before.last == "-"
      && before.dropLast().last.map { !$0.properties.isAlphabetic && !isDigit($0) } ?? true
    let digits = String(found.unicodeScalars.filter { $0 != "," })
    guard let number = ExactDecimal(text: (isNegative ? "-" : "") + digits) else {
      throw FormatterRefusal("its number is out of range")
    }
    return number.jsonValue
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

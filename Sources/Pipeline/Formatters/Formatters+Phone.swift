// SPDX-License-Identifier: Apache-2.0
// Formatters of phone numbers.

import Values

extension Formatters {
  static let phone: [Formatter] = [
    Formatter(
      "digits",
      "text → its digits alone, those of other scripts as 0 to 9; a list or object: missing"
    ) { call throws(FormatterRefusal) in
      .text(PhoneText.digits(of: try call.text().unicodeScalars))
    },
    Formatter(
      "phone_add_country",
      [
        FormatterParameter("code", .text),
        FormatterParameter(
          "national_digits", .wholeNumber(PhoneText.digitCounts), isOptional: true),
      ],
      "text → the number as \"+\", country code and digits: one 0 in front is dropped; \"+\", \"00\", "
        + "or the code before more digits than a national number has (10) mean that it is there; "
        + "what is then no E.164 number, a list or object: missing", completed),
    Formatter(
      "is_e164", "text → whether it is \"+\" and 7 to 15 digits; a list or object: missing"
    ) { call throws(FormatterRefusal) in .boolean(PhoneText.isE164(try call.text())) },
  ]

  private static func completed(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let code = PhoneText.digits(of: try call.text(0).unicodeScalars)
    guard (1...3).contains(code.utf8.count), !code.hasPrefix("0") else {
      throw FormatterRefusal("argument 1 is no country code, such as \"91\"")
    }
    let national = try call.whole(1, in: PhoneText.digitCounts) ?? 10
    guard
      let phone = PhoneText.completed(try call.text(), code: code, national: national)
    else { throw FormatterRefusal("it does not become an E.164 number") }
    return .text(phone)
  }
}

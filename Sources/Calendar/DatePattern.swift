// SPDX-License-Identifier: Apache-2.0
// Patterns of dates: `EEEE, d MMMM yyyy 'at' HH:mm`.

/// How a date is written as text, in the letters of Unicode's patterns, with English names.
///
/// | letters | example | | letters | example |
/// |---|---|---|---|---|
/// | `y yyyy` / `yy` | 2026 / 26 | | `H HH` | 9 09, of 24 hours |
/// | `M MM` / `MMM MMMM` | 3 03 / Mar March | | `h hh` with `a` | 9 09, AM PM |
/// | `d dd` | 5 05 | | `m mm`, `s ss`, `SSS` | minute, second, milliseconds |
/// | `E` / `EEEE` | Thu / Thursday | | `Z`, `XXX` | +0530, +05:30 (`Z` for UTC) |
/// | `D`, `w`, `YYYY` | day of the year, ISO week and its year | | `z` | CET |
///
/// Other letters stand between `'`, which itself is written `''`.
/// **Source** Unicode Technical Standard 35, Date Format Patterns.
package struct DatePattern: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case literal(String)
    /// A letter and how often it stands there.
    case field(Field, Int)
  }

  /// What a letter stands for.
  enum Field: Character, Sendable, Hashable, CaseIterable {
    case year = "y"
    case month = "M"
    case day = "d"
    case weekday = "E"
    case hour = "H"
    case halfHour = "h"
    case minute = "m"
    case second = "s"
    case fraction = "S"
    case half = "a"
    case offset = "Z"
    case isoOffset = "X"
    case abbreviation = "z"
    case dayOfYear = "D"
    case week = "w"
    case weekYear = "Y"

    /// How often the letter may stand.
    var counts: [Int] {
      switch self {
      case .year: [1, 2, 4]
      case .month, .weekday: [1, 2, 3, 4]
      case .day, .hour, .halfHour, .minute, .second, .week: [1, 2]
      case .fraction, .isoOffset: [1, 2, 3]
      case .half, .offset, .abbreviation: [1]
      case .dayOfYear: [1, 3]
      case .weekYear: [4]
      }
    }
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  let parts: [Part]

  /// **Throws** `bad_pattern` with the letter that means nothing, and what was probably meant.
  package init(_ text: String) throws(CalendarError) {
    guard text.utf8.count <= 200 else {
      throw CalendarError(.badPattern, "a pattern has at most 200 characters: shorten it")
    }
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let letter = rest.first {
      if letter == "'" {
        literal += try DatePattern.quoted(&rest)
        continue
      }
      let run = rest.prefix { $0 == letter }
      rest = rest.dropFirst(run.count)
      guard letter.isASCII, letter.isLetter else {
        literal += run
        continue
      }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = ""
      parts.append(try DatePattern.field(letter, run.count, of: text))
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    self.parts = parts
    let fields = Set(fields)
    if fields.contains(.weekYear), !fields.contains(.week) {
      throw CalendarError(
        .badPattern, "YYYY is the year of a week (w), which differs around New Year: write yyyy")
    }
  }

  var fields: [Field] {
    parts.compactMap { if case .field(let field, _) = $0 { field } else { nil } }
  }

  private static func field(
    _ letter: Character, _ count: Int, of text: String
  ) throws(CalendarError) -> Part {
    guard let field = Field(rawValue: letter) else {
      throw CalendarError(
        .badPattern, "the letter \"\(letter)\" means nothing in a date: use "
          + "\(Field.allCases.map { String($0.rawValue) }.joined(separator: " ")), and write other "
          + "letters between ' and '")
    }
    guard field.counts.contains(count) else {
      let written = String(repeating: letter, count: min(count, 10))
      let known = field.counts.map { String(repeating: letter, count: $0) }
      let hint = field == .dayOfYear && count == 2 ? "; the day of the month is dd" : ""
      throw CalendarError(
        .badPattern,
        "\"\(written)\" means nothing in a date: write \(known.joined(separator: " or "))\(hint)")
    }
    return .field(field, count)
  }

  /// The text between two quotes; two quotes are one.
  private static func quoted(_ rest: inout Substring) throws(CalendarError) -> String {
    rest = rest.dropFirst()
    if rest.first == "'" {
      rest = rest.dropFirst()
      return "'"
    }
    var text = ""
    while let character = rest.first {
      rest = rest.dropFirst()
      guard character == "'" else {
        text.append(character)
        continue
      }
      guard rest.first == "'" else { return text }
      text.append("'")
      rest = rest.dropFirst()
    }
    throw CalendarError(.badPattern, "the text after the last ' has no end: add a '")
  }
}

// SPDX-License-Identifier: Apache-2.0
// Formatters of texts.

import Values

extension Formatters {
  static let text: [Formatter] = [
    Formatter("upper", "text → the text in capitals; a list or object: missing") {
      call throws(FormatterRefusal) in .text(try call.text().uppercased())
    },
    Formatter("lower", "text → the text in small letters; a list or object: missing") {
      call throws(FormatterRefusal) in .text(try call.text().lowercased())
    },
    Formatter(
      "title",
      "text → each word with a capital first, the rest small; a list or object: missing"
    ) { call throws(FormatterRefusal) in .text(titled(try call.text())) },
    Formatter("trim", "text → without white space around it; a list or object: missing") {
      call throws(FormatterRefusal) in .text(trimmed(try call.text()))
    },
    Formatter(
      "replace", [FormatterParameter("find", .text), FormatterParameter("with", .text)],
      "text → with every \"find\" replaced, case counts, an empty one changes nothing; a list or "
        + "object: missing", replaced),
    Formatter(
      "split", [FormatterParameter("delimiter", .text, isOptional: true)],
      "text → the list of its parts between delimiters (\",\"), none for an empty text; a list or "
        + "object: missing", parts),
    Formatter(
      "substring",
      [
        FormatterParameter("start", .wholeNumber(position)),
        FormatterParameter("length", .wholeNumber(0...position.upperBound), isOptional: true),
      ],
      "text → \"length\" characters from \"start\" on, counted from 0, negative from the end; "
        + "nothing there: an empty text; a list or object: missing", substring),
    Formatter("length", "text, list → how many characters or elements; an object: missing") {
      call throws(FormatterRefusal) in
      if let list = call.value?.asList { return .integer(Int64(list.count)) }
      return .integer(Int64(try call.text().unicodeScalars.count))
    },
    Formatter(
      "default", [FormatterParameter("value", .any)], takesMissing: true,
      "anything → itself, or \"value\" where it is missing, null or empty"
    ) { call throws(FormatterRefusal) in
      if let value = call.value, !value.isEmpty { return value }
      guard let fallback = call.arguments.first else { throw FormatterRefusal("no default") }
      return fallback
    },
  ]

  /// No text has more characters than this.
  private static let position = -FormatterLimits.textBytes...FormatterLimits.textBytes

  /// A word begins at a letter that follows neither a letter, a digit nor an apostrophe.
  private static func titled(_ text: String) -> String {
    var result = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      result += isInside ? properties.lowercaseMapping : properties.titlecaseMapping
      switch properties.generalCategory {
      // A mark belongs to its letter.
      case .nonspacingMark, .spacingMark, .enclosingMark: continue
      case .decimalNumber: isInside = true
      default:
        let isApostrophe = scalar == "'" || scalar == "\u{2019}"
        isInside = properties.isAlphabetic || isApostrophe && isInside
      }
    }
    return result
  }

  private static func replaced(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let text = try call.text()
    let (find, with) = (try call.text(0), try call.text(1, default: ""))
    guard !find.isEmpty else { return .text(text) }
    let parts = Pipeline.split(text, by: find)
    // Before it is built: each occurrence may be longer by a whole text.
    let (added, isOver) = with.utf8.count.multipliedReportingOverflow(by: parts.count - 1)
    guard !isOver, added <= FormatterLimits.textBytes else { throw FormatterLimits.tooLong }
    return .text(parts.joined(separator: with))
  }

  private static func parts(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let text = try call.text()
    let parts = text.isEmpty ? [] : Pipeline.split(text, by: try call.text(0, default: ","))
    guard parts.count <= FormatterLimits.elements else { throw FormatterLimits.tooMany }
    return .list(parts.map { .text($0) })
  }

  private static func substring(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let scalars = try call.text().unicodeScalars
    guard let start = try call.whole(0, in: position) else {
      throw FormatterRefusal("argument 1 is empty")
    }
    let length = try call.whole(1, in: 0...position.upperBound)
    let skipped = start >= 0 ? start : max(0, scalars.count + start)
    let rest = scalars.dropFirst(skipped)
    return .text(String(length.map { rest.prefix($0) } ?? rest))
  }
}

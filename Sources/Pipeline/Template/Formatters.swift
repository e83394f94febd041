// SPDX-License-Identifier: Apache-2.0
// The formatters after `|`.

import Values

/// The formatters of templates. Total: a value of the wrong type gives nothing, which the
/// rendering notes.
///
/// **Source** spec/formats.md 1, Formatters.
package enum Formatters {
  /// Those this version has, with how many arguments each takes.
  static let available: [String: ClosedRange<Int>] = [
    "default": 1...1, "upper": 0...0, "lower": 0...0, "trim": 0...0, "join": 0...1,
    "url_encode": 0...0, "to_json": 0...0, "length": 0...0, "first": 0...0, "last": 0...0,
    "count": 0...0,
  ]

  /// Those of the format that come with a later version.
  static let later: Set<String> = [
    "title", "replace", "split", "substring", "extract_number", "extract_email", "extract_url",
    "extract_phone", "base64", "base64_decode", "sha256", "hmac_sha256", "add", "subtract",
    "multiply", "divide", "round", "number_format", "currency", "date_parse", "date_format",
    "date_add", "date_difference", "in_time_zone", "pick", "unique", "sort", "where", "digits",
    "phone_add_country", "is_e164", "from_json",
  ]

  /// What is wrong with a use, found without evaluating it.
  static func problem(name: String, arguments: Int) -> (code: String, message: String)? {
    guard let allowed = available[name] else {
      if later.contains(name) {
        return (
          "not_supported", "the formatter \"\(name)\" is not supported by this version yet"
        )
      }
      let names = Array(available.keys) + Array(later)
      return (
        "unknown_formatter",
        "unknown formatter \"\(name)\"" + Suggestion.text(for: name, among: names)
      )
    }
    guard allowed.contains(arguments) else {
      return (
        "wrong_arguments",
        "the formatter \"\(name)\" takes "
          + (allowed.upperBound == 0 ? "no argument" : "\(allowed.upperBound) argument")
          + ": it has \(arguments)"
      )
    }
    return nil
  }

  /// Applies a formatter; a missing value stays missing for all but `default`.
  static func apply(
    _ name: String, _ value: JSONValue?, _ arguments: [JSONValue]
  ) throws(TemplateError) -> JSONValue? {
    if let problem = problem(name: name, arguments: arguments.count) {
      throw TemplateError(code: problem.code, reason: problem.message, offset: 0)
    }
    if name == "default" {
      guard let value, !value.isEmpty else { return arguments.first }
      return value
    }
    guard let value else { return nil }
    switch name {
    case "upper": return text(value).map { .text($0.uppercased()) }
    case "lower": return text(value).map { .text($0.lowercased()) }
    case "trim": return text(value).map { .text(trimmed($0)) }
    case "url_encode": return text(value).map { .text(urlEncoded($0)) }
    case "to_json": return .text(value.json)
    case "length": return length(value)
    case "count": return .integer(Int64(value.asList?.count ?? (value.isEmpty ? 0 : 1)))
    case "first": return value.asList.map { $0.first } ?? value
    case "last": return value.asList.map { $0.last } ?? value
    case "join": return join(value, separator: plainText(arguments.first ?? ", "))
    default: return nil
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .list, .object: nil
    default: plainText(value)
    }
  }

  private static func length(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .list(let list): .integer(Int64(list.count))
    case .object: nil
    default: .integer(Int64(plainText(value).unicodeScalars.count))
    }
  }

  private static func join(_ value: JSONValue, separator: String) -> JSONValue? {
    switch value {
    case .list(let list): .text(list.map { plainText($0) }.joined(separator: separator))
    case .object: nil
    default: .text(plainText(value))
    }
  }

  /// Percent-encodes all but the unreserved characters.
  ///
  /// **Source** RFC 3986 §2.3.
  private static func urlEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || [45, 46, 95, 126].contains(byte)
      if isPlain {
        bytes.append(byte)
      } else {
        bytes += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Values and texts as conditions and formatters see them.

import Values

/// A value as text: missing and null are empty, numbers as written, lists and objects as JSON.
func plainText(_ value: JSONValue?) -> String {
  value?.inlineText ?? ""
}

/// A text without the white space around it.
func trimmed(_ text: String) -> String {
  var rest = Substring(text)
  while let first = rest.unicodeScalars.first, first.properties.isWhitespace {
    rest.unicodeScalars.removeFirst()
  }
  while let last = rest.unicodeScalars.last, last.properties.isWhitespace {
    rest.unicodeScalars.removeLast()
  }
  return String(rest)
}

/// The parts of a text between occurrences of a delimiter; an empty delimiter splits nothing.
func split(_ text: String, by delimiter: String) -> [String] {
  let bytes = Array(text.utf8)
  var parts: [String] = []
  var start = 0
  for place in places(of: Array(delimiter.utf8), in: bytes) {
    parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
    start = place + delimiter.utf8.count
  }
  parts.append(String(decoding: bytes[start...], as: UTF8.self))
  return parts
}

/// Whether a text is somewhere in another, byte by byte.
func contains(_ text: String, _ part: String) -> Bool {
  !places(of: Array(part.utf8), in: Array(text.utf8), atMost: 1).isEmpty
}

/// Where a part stands in bytes, without overlaps; an empty part stands nowhere. Each byte is
/// looked at a constant number of times, however the part repeats itself.
///
/// **Source** Knuth, Morris, Pratt, "Fast pattern matching in strings" (1977).
private func places(of part: [UInt8], in bytes: [UInt8], atMost count: Int = .max) -> [Int] {
  guard !part.isEmpty, part.count <= bytes.count else { return [] }
  // For each prefix of the part: how much of its end is a prefix too.
  var borders = [0]
  borders.reserveCapacity(part.count)
  var matched = 0
  for byte in part.dropFirst() {
    while matched > 0, part[matched] != byte { matched = borders[matched - 1] }
    if part[matched] == byte { matched += 1 }
    borders.append(matched)
  }
  var places: [Int] = []
  matched = 0
  for (index, byte) in bytes.enumerated() {
    while matched > 0, part[matched] != byte { matched = borders[matched - 1] }
    if part[matched] == byte { matched += 1 }
    guard matched == part.count else { continue }
    places.append(index + 1 - part.count)
    if places.count == count { break }
    matched = 0
  }
  return places
}

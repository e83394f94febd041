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
  let separator = Array(delimiter.utf8)
  guard !separator.isEmpty else { return [text] }
  let bytes = Array(text.utf8)
  var parts: [String] = []
  var start = 0
  var at = 0
  while at + separator.count <= bytes.count {
    if bytes[at..<at + separator.count].elementsEqual(separator) {
      parts.append(String(decoding: bytes[start..<at], as: UTF8.self))
      at += separator.count
      start = at
    } else {
      at += 1
    }
  }
  parts.append(String(decoding: bytes[start...], as: UTF8.self))
  return parts
}

/// Whether a text is somewhere in another, byte by byte.
func contains(_ text: String, _ part: String) -> Bool {
  split(text, by: part).count > 1
}

// SPDX-License-Identifier: Apache-2.0
// The text part of a mail that was written as HTML.
import JackfieldBase

/// Reads HTML as text, for readers and filters that want a text part: tags fall away, blocks
/// become lines, links keep their address. It need not be a browser.
enum HTMLText {
  static func plain(_ html: String) -> String {
    var reader = HTMLTextReader(html)
    return reader.read()
  }
}

private struct HTMLTextReader {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var out = ""
  private var hasSpace = false

  init(_ html: String) { scalars = Array(html.unicodeScalars) }

  mutating func read() -> String {
    while index < scalars.count {
      switch scalars[index] {
      case "<" where isTag: tag()
      case "&": entity()
      case let scalar:
        index += 1
        if scalar.properties.isWhitespace { hasSpace = true } else { add(String(scalar)) }
      }
    }
    let lines = out.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    var kept: [String] = []
    for line in lines where !(line.isEmpty && kept.last?.isEmpty ?? true) { kept.append(line) }
    while kept.last?.isEmpty == true { kept.removeLast() }
    return kept.joined(separator: "\n")
  }

  private var isTag: Bool {
    guard index + 1 < scalars.count else { return false }
    let next = scalars[index + 1]
    return next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic
  }

  private mutating func add(_ text: String) {
    if hasSpace && !out.isEmpty && !out.hasSuffix("\n") { out += " " }
    hasSpace = false
    out += text
  }

  private mutating func tag() {
    if starts(with: "<!--") {
      skip(past: "-->")
      return
    }
    var content = ""
    index += 1
    while index < scalars.count, scalars[index] != ">" {
      content.unicodeScalars.append(scalars[index])
      index += 1
    }
    index += 1
    let isClosing = content.hasPrefix("/")
    let name = String(content.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
      .lowercased()
    switch name {
    case "script", "style", "head", "title":
      if !isClosing {
        skip(past: "</\(name)")
        skip(past: ">")
      }
    case "br", "tr", "div", "hr": line()
    case "li":
      if !isClosing {
        line()
        add("- ")
      }
    case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote":
      line()
      line()
    case "td", "th": hasSpace = true
    default: break
    }
  }

  private mutating func line() {
    hasSpace = false
    if !out.isEmpty { out += "\n" }
  }

  private mutating func entity() {
    let end = scalars[index...].prefix(12).firstIndex(of: ";")
    guard let end else {
      index += 1
      add("&")
      return
    }
    let name = String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
    if let text = Self.text(of: name) {
      index = end + 1
      if text == " " { hasSpace = true } else { add(text) }
    } else {
      index += 1
      add("&")
    }
  }

  private static func text(of name: String) -> String? {
    if name.hasPrefix("#") {
      let digits = name.dropFirst()
      let number =
        digits.first == "x" || digits.first == "X"
        ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let number, number >= 32 else { return nil }
      return Unicode.Scalar(number).map { String($0) }
    }
    return named[name]
  }

  private static let named = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©",
    "reg": "®", "euro": "€", "pound": "£", "hellip": "…", "ndash": "–", "mdash": "—",
    "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "bull": "•", "middot": "·",
    "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß",
  ]

  /// Without a copy: every scalar of a long script is asked.
  private func starts(with text: String) -> Bool {
    var place = index
    for scalar in text.unicodeScalars {
      guard place < scalars.count, lower(scalars[place]) == lower(scalar) else { return false }
      place += 1
    }
    return true
  }

  private func lower(_ scalar: Unicode.Scalar) -> UInt32 {
    (65...90).contains(scalar.value) ? scalar.value + 32 : scalar.value
  }

  private mutating func skip(past text: String) {
    while index < scalars.count, !starts(with: text) { index += 1 }
    index = min(scalars.count, index + text.unicodeScalars.count)
  }
}

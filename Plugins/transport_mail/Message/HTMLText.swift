// SPDX-License-Identifier: Apache-2.0
// The text of an HTML mail, for readers that show no HTML.

/// Derives plain text from HTML: blocks become lines, links keep their address, scripts and styles
/// go. It is no HTML parser; what it does not know it leaves out.
package enum HTMLText {
  private static let blocks: Set<String> = [
    "p", "div", "br", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section",
    "article", "header", "footer", "blockquote", "pre", "hr", "li",
  ]
  private static let silent: Set<String> = ["script", "style", "head", "title", "template"]

  package static func text(of html: String) -> String {
    var reader = Reader(html)
    reader.run()
    return tidy(reader.output)
  }

  private struct Reader {
    private var rest: Substring
    var output = ""
    private var silence: String?
    private var links: [(address: String, start: Int)] = []

    init(_ html: String) { rest = html[...] }

    mutating func run() {
      while let open = rest.firstIndex(of: "<") {
        text(rest[..<open])
        rest = rest[open...]
        if rest.hasPrefix("<!--") {
          skip(past: "-->")
        } else if let close = rest.firstIndex(of: ">") {
          let tag = rest[rest.index(after: rest.startIndex)..<close]
          rest = rest[rest.index(after: close)...]
          take(tag)
        } else {
          return
        }
      }
      text(rest)
    }

    private mutating func skip(past end: String) {
      while !rest.isEmpty && !rest.hasPrefix(end) { rest = rest.dropFirst() }
      rest = rest.dropFirst(end.count)
    }

    private mutating func text(_ text: Substring) {
      guard silence == nil else { return }
      output += Entities.decode(text.map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined())
    }

    private mutating func take(_ tag: Substring) {
      let isEnd = tag.first == "/"
      let name = (isEnd ? tag.dropFirst() : tag).prefix { $0.isLetter || $0.isNumber }.lowercased()
      if let silent = silence {
        if isEnd && name == silent { silence = nil }
        return
      }
      if HTMLText.silent.contains(name) && !isEnd && tag.last != "/" { silence = name }
      if HTMLText.blocks.contains(name) { output += "\n" }
      if name == "li" && !isEnd { output += "- " }
      if (name == "p" || name.hasPrefix("h")) && isEnd { output += "\n" }
      if name == "a" { link(tag, isEnd) }
    }

    private mutating func link(_ tag: Substring, _ isEnd: Bool) {
      guard isEnd else {
        links.append((HTMLText.address(in: tag), output.utf8.count))
        return
      }
      guard let link = links.popLast(), link.address.contains(":") else { return }
      let label = String(decoding: output.utf8.dropFirst(link.start), as: UTF8.self)
      if !label.contains(link.address) { output += " (\(link.address))" }
    }
  }

  /// The value of `href`, quoted or not.
  private static func address(in tag: Substring) -> String {
    let lower = tag.lowercased()
    guard lower.utf8.count == tag.utf8.count, let range = lower.firstRange(of: "href=") else {
      return ""
    }
    let offset = lower.utf8.distance(from: lower.startIndex, to: range.upperBound)
    let value = tag[tag.utf8.index(tag.startIndex, offsetBy: offset)...]
    guard let quote = value.first else { return "" }
    let text =
      quote == "\"" || quote == "'"
      ? value.dropFirst().prefix { $0 != quote } : value.prefix { $0 != " " }
    return Entities.decode(String(text))
  }

  /// One space between words, no space around lines, at most one empty line.
  private static func tidy(_ text: String) -> String {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ").joined(separator: " ")
      if words.isEmpty && (lines.last ?? "").isEmpty { continue }
      lines.append(words)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

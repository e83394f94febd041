// SPDX-License-Identifier: Apache-2.0
// What a saved answer is called.
import Values

/// Reads the name of a file out of an answer's head.
package enum DownloadName {
  /// From `Content-Disposition`, else the last part of the URL's path.
  package static func name(headers: JSONValue?, url: String) -> String {
    let disposition = headers?["content-disposition"]?.asText ?? ""
    let fields = parameters(of: disposition)
    let extended = fields["filename*"].flatMap(decoded(extended:))
    return [extended, fields["filename"], lastPart(of: url)]
      .lazy.compactMap { $0.flatMap { FileName.safe($0) } }.first ?? BlobName.usualName
  }

  /// The parameters of `attachment; filename="a; b.pdf"`, the first of each name.
  ///
  /// **Source** RFC 6266, section 4.1.
  private static func parameters(of header: String) -> [String: String] {
    var found: [String: String] = [:]
    for part in parts(of: header).dropFirst() {
      guard let equals = part.firstIndex(of: "=") else { continue }
      let name = trimmed(part[..<equals]).lowercased()
      let value = unquoted(trimmed(part[part.index(after: equals)...]))
      if found[name] == nil { found[name] = value }
    }
    return found
  }

  /// Split at semicolons that are in no quotes.
  private static func parts(of header: String) -> [Substring] {
    var (parts, start) = ([Substring](), header.startIndex)
    var (isQuoted, isEscaped) = (false, false)
    for index in header.indices {
      let character = header[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted && character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ";" && !isQuoted {
        parts.append(header[start..<index])
        start = header.index(after: index)
      }
    }
    return parts + [header[start...]]
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
    var (result, isEscaped) = ("", false)
    for character in text.dropFirst().dropLast() {
      if !isEscaped && character == "\\" {
        isEscaped = true
        continue
      }
      isEscaped = false
      result.append(character)
    }
    return result
  }

  /// `UTF-8''na%C3%AFve.pdf`; other sets of characters than UTF-8 are left to the plain parameter.
  ///
  /// **Source** RFC 8187, section 3.2.
  private static func decoded(extended text: String) -> String? {
    let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
    return percentDecoded(parts[2])
  }

  private static func lastPart(of url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let path = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return percentDecoded(path[path.index(after: slash)...])
  }

  /// nil where the bytes are no UTF-8.
  private static func percentDecoded(_ text: Substring) -> String? {
    var (bytes, rest) = ([UInt8](), text.utf8[...])
    while let byte = rest.first {
      let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

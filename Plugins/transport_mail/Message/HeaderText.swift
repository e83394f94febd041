// SPDX-License-Identifier: Apache-2.0
// Text as it stands in a header: folded, and encoded where it is not plain.
import ExchangeValues

/// Writes header lines of at most 78 characters where the text allows it, and never over 998.
///
/// **Source**: RFC 5322, section 2.2.3; RFC 2047.
package enum HeaderText {
  static let lineLength = 78
  private static let encodedWordLength = 75
  private static let frame = "=?UTF-8?B??=".utf8.count

  /// `Name: text`, folded, with its line end. The text holds no control character.
  package static func line(_ name: String, unstructured text: String) -> String {
    let text = text.trimmingSpaces
    guard isPlain(text) else {
      let words = encodedWords(text, firstRoom: lineLength - name.utf8.count - 2)
      return "\(name): \(words.joined(separator: "\r\n "))\r\n"
    }
    return folded("\(name): \(text)") + "\r\n"
  }

  /// `Name: a@b, "C" <c@d>`, one address a line, with its line end.
  package static func line(_ name: String, addresses: [MailAddress]) -> String {
    let texts = addresses.map(mailbox)
    return "\(name): \(texts.joined(separator: ",\r\n "))\r\n"
  }

  static func mailbox(_ address: MailAddress) -> String {
    guard !address.name.isEmpty else { return address.address }
    let phrase = phrase(address.name)
    let lastLine = phrase.split(separator: "\r\n").last ?? ""
    let fits = lastLine.utf8.count + address.address.utf8.count + 3 <= lineLength
    return "\(phrase)\(fits ? " " : "\r\n ")<\(address.address)>"
  }

  /// A display name: plain words, a quoted string, or encoded words; never raw.
  static func phrase(_ name: String) -> String {
    let isASCII = name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    guard isASCII, isPlain(name) else {
      return encodedWords(name, firstRoom: 60).joined(separator: "\r\n ")
    }
    let isWords = name.split(separator: " ").allSatisfy { UTF8Check.isToken(String($0)) }
    if isWords && !name.contains("  ") { return folded(name, used: 10) }
    let escaped = name.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return folded("\"\(String(escaped))\"", used: 10)
  }

  /// Whether the text can be written as it is: ASCII, nothing that looks encoded, and no word too
  /// long for a line.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
      && text.split(separator: " ").allSatisfy { $0.utf8.count <= 900 }
  }

  /// Encoded words of whole characters.
  static func encodedWords(_ text: String, firstRoom: Int) -> [String] {
    var words: [String] = []
    var bytes: [UInt8] = []
    var room = payload(min(encodedWordLength, firstRoom))
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if bytes.count + next.count > room {
        words.append(encodedWord(bytes))
        bytes = []
        room = payload(encodedWordLength)
      }
      bytes += next
    }
    if !bytes.isEmpty { words.append(encodedWord(bytes)) }
    return words
  }

  private static func payload(_ length: Int) -> Int { max(4, (length - frame) / 4 * 3) }

  private static func encodedWord(_ bytes: [UInt8]) -> String {
    "=?UTF-8?B?\(String(decoding: Base64.encode(bytes), as: UTF8.self))?="
  }

  /// Breaks a line before spaces that a word follows. `used` columns of the first line are taken.
  static func folded(_ line: String, used: Int = 0) -> String {
    var result = ""
    var length = used
    for (index, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let isFirst = index == 0
      // Two spaces make an empty word; a line of white space alone would end up in the middle.
      if !isFirst && length + 1 + word.utf8.count > lineLength && !word.isEmpty && index > 1 {
        result += "\r\n"
        length = 0
      }
      result += isFirst ? String(word) : " \(word)"
      length += word.utf8.count + (isFirst ? 0 : 1)
    }
    return result
  }
}

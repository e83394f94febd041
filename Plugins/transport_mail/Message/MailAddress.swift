// SPDX-License-Identifier: Apache-2.0
// An address, checked so that it may stand in a command and in a header.
import ExchangeValues

/// `a@b`, or `Name <a@b>`. The address is printable ASCII without a character that ends a command
/// or a header; the name is any text without control characters.
///
/// **Source**: RFC 5321, section 4.1.2, without quoted local parts and address literals.
package struct MailAddress: Sendable, Hashable {
  package let name: String
  package let local: String
  /// In its ASCII form.
  package let domain: String

  package var address: String { "\(local)@\(domain)" }

  /// **Throws**: `bad_address`, naming what is wrong. `toASCII` converts an international domain.
  package init(
    parsing text: String, toASCII: (String) -> String?
  ) throws(MailError) {
    guard !UTF8Check.hasControl(text) else {
      throw MailError("bad_address", "an address holds a control character: refused")
    }
    let parts = try Self.split(text)
    guard parts.name.utf8.count <= 200 else {
      throw MailError("bad_address", "an address's name is over 200 bytes: shorten it")
    }
    guard let at = parts.address.lastIndex(of: "@") else {
      throw MailError("bad_address", "\"\(text)\" is no address: write a@b or Name <a@b>")
    }
    name = parts.name
    local = String(parts.address[..<at])
    let written = String(parts.address[parts.address.index(after: at)...])
    try Self.checkLocal(local, of: text)
    domain = try Self.asciiDomain(written, of: text, toASCII)
    guard address.utf8.count <= 254 else {
      throw MailError("bad_address", "\"\(text)\" is longer than an address may be")
    }
  }

  /// The same address under another name.
  package init(_ address: MailAddress, name: String) {
    self.name = name
    local = address.local
    domain = address.domain
  }

  private static func split(_ text: String) throws(MailError) -> (name: String, address: String) {
    let text = text.trimmingSpaces
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return ("", text) }
    let address = text[text.index(after: open)...].dropLast()
    var name = String(text[..<open]).trimmingSpaces
    if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
      name = unquote(String(name.dropFirst().dropLast()))
    }
    return (name, String(address))
  }

  private static func unquote(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if character == "\\" && !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }

  private static func checkLocal(_ local: String, of text: String) throws(MailError) {
    guard local.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw MailError(
        "bad_address", "\"\(text)\": characters beyond ASCII before the @ are not supported")
    }
    let special = Set("!#$%&'*+-/=?^_`{|}~.".utf8)
    let isAtom = local.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || special.contains(byte)
    }
    let dots = local.hasPrefix(".") || local.hasSuffix(".") || local.utf8.hasDoubleDot
    guard isAtom, !dots, (1...64).contains(local.utf8.count) else {
      throw MailError("bad_address", "\"\(text)\": the part before the @ is not valid")
    }
  }

  private static func asciiDomain(
    _ written: String, of text: String, _ toASCII: (String) -> String?
  ) throws(MailError) -> String {
    let isASCII = written.utf8.allSatisfy { $0 < 0x80 }
    let domain = (isASCII ? written : toASCII(written))?.lowercased() ?? ""
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    let isValid = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
        }
    }
    guard isValid, domain.utf8.count <= 253 else {
      throw MailError("bad_address", "\"\(text)\": the domain after the @ is not valid")
    }
    return domain
  }
}

extension String {
  package var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension String.UTF8View {
  fileprivate var hasDoubleDot: Bool {
    zip(self, dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
  }
}

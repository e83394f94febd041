// SPDX-License-Identifier: Apache-2.0
// Mail addresses as people write them.

/// One mail address, perhaps with a name.
///
/// The local part is ASCII: what else would need SMTPUTF8, which servers rarely offer.
public struct MailAddress: Sendable, Hashable {
  /// `a@b`, as written.
  public let address: String
  /// What stood before `<a@b>`, without quotes.
  public let name: String?

  /// Nil when the text is no `a@b` and no `Name <a@b>`, or has a control character in it.
  public init?(_ text: String) {
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { return nil }
    let whole = text.trimmed
    if whole.utf8.last == UInt8(ascii: ">") {
      guard let open = whole.utf8.lastIndex(of: UInt8(ascii: "<")) else { return nil }
      let inner = whole[whole.utf8.index(after: open)...].dropLast()
      var shown = String(whole[..<open]).trimmed
      if shown.utf8.count >= 2, shown.hasPrefix("\""), shown.hasSuffix("\"") {
        shown = String(shown.dropFirst().dropLast())
      }
      guard Self.isAddress(inner.utf8), !shown.utf8.contains(where: { $0 == 60 || $0 == 62 })
      else { return nil }
      address = String(inner)
      name = shown.isEmpty ? nil : shown
    } else {
      guard Self.isAddress(whole[...].utf8) else { return nil }
      address = whole
      name = nil
    }
  }

  /// As a header takes it: `a@b`, or `"Name" <a@b>`.
  public var written: String {
    guard let name else { return address }
    let bare = name.filter { $0 != "\"" && $0 != "\\" }
    return "\"\(bare)\" <\(address)>"
  }

  private static func isAddress(_ utf8: Substring.UTF8View) -> Bool {
    guard utf8.count <= 254, let at = utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let local = utf8[..<at]
    let domain = utf8[utf8.index(after: at)...]
    guard (1...64).contains(local.count), local.allSatisfy(isLocal), !domain.isEmpty,
      local.first != UInt8(ascii: "."), local.last != UInt8(ascii: ".")
    else { return false }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.allSatisfy { label in
      (1...63).contains(label.count) && label.allSatisfy(isDomain)
        && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
    }
  }

  /// RFC 5321's atom characters and dots; quoted local parts are refused.
  private static func isLocal(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  /// Letters, digits and hyphens; beyond ASCII for the host to write as punycode.
  private static func isDomain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte >= 0x80
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: false
    }
  }
}

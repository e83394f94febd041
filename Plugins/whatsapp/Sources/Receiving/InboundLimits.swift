// SPDX-License-Identifier: Apache-2.0
// What is taken of a stranger's words.

/// The bounds of what a provider tells: the host has its own, and one odd item must not cost its
/// neighbours theirs.
enum InboundLimits {
  /// **Unit** bytes. Ids of providers have about 60; longer ones are none.
  static let id = 150
  /// **Unit** characters of a message's text: 16 times what WhatsApp takes.
  static let text = 65_536
  /// **Unit** characters of names, titles and errors.
  static let line = 500

  /// The text of an id that can be one: printable ASCII.
  static func id(_ text: String?) -> String? {
    guard let text, (1...id).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    return text
  }

  /// A phone number as providers write it: 7 to 15 digits.
  static func number(_ text: some StringProtocol) -> String? {
    (7...15).contains(text.utf8.count) && text.utf8.allSatisfy({ (48...57).contains($0) })
      ? String(text) : nil
  }

  static func text(_ text: String?) -> String { cut(text ?? "", text: Self.text) }

  static func line(_ text: String) -> String { cut(text, text: line) }

  private static func cut(_ text: String, text most: Int) -> String {
    String(text.unicodeScalars.prefix(most))
  }
}

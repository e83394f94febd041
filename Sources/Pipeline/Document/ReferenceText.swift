// SPDX-License-Identifier: Apache-2.0
// How references are compared.

/// References are names without regard to case and to the space around them.
///
/// **Source** spec/actions.md §1.1, §1.2.
package enum ReferenceText {
  /// The text as references are compared by.
  package static func folded(_ text: String) -> String {
    var rest = Substring(text)
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return rest.lowercased()
  }

  /// A number as contacts are known by: of a phone number the digits, without what people write
  /// between them and a leading `00`; anything else, such as a mail address, folded.
  package static func number(_ text: String) -> String {
    let folded = folded(text)
    let digits = folded.unicodeScalars.filter { !" +-().".unicodeScalars.contains($0) }
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return folded }
    let number = String(String.UnicodeScalarView(digits))
    return number.hasPrefix("00") ? String(number.dropFirst(2)) : number
  }
}

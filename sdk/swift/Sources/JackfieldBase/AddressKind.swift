// SPDX-License-Identifier: Apache-2.0
// What identifies a person on a channel.
import JackfieldPlugin

/// The two sorts of addresses, each with its one normal form.
public enum AddressKind: Sendable, Hashable {
  /// 7 to 15 digits, country code first.
  case phone
  /// A lower-cased mail address.
  case mail

  /// The normal form of what somebody wrote.
  ///
  /// **Throws**: `invalid_input`, code `bad_number`, `bad number: <text>`.
  public func normalised(_ text: String) throws(ActionError) -> String {
    let normal =
      switch self {
      case .phone: Self.digits(text)
      case .mail: MailAddress(text.trimmed)?.address.lowercased()
      }
    guard let normal else { throw .invalidInput("bad_number", "bad number: \(text)") }
    return normal
  }

  private static func digits(_ text: String) -> String? {
    var digits: [UInt8] = []
    for byte in text.trimmed.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: " "), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("),
        UInt8(ascii: ")"), UInt8(ascii: "."):
        continue
      default: return nil
      }
    }
    if digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "0")]) { digits.removeFirst(2) }
    guard (7...15).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
    return String(decoding: digits, as: UTF8.self)
  }
}

// SPDX-License-Identifier: Apache-2.0
// Phone numbers as people write them.

/// Reading and completing phone numbers.
///
/// **Source** ITU-T E.164 (15 digits at most, the first not 0).
enum PhoneText {
  /// Fewer digits are an extension, more are none.
  static let digitCounts = 7...15

  /// The ASCII digits of a text; those of other scripts become ASCII.
  static func digits(of text: some Sequence<Unicode.Scalar>) -> String {
    var digits = ""
    for scalar in text {
      guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
      else { continue }
      digits += String(Int(value))
    }
    return digits
  }

  /// Whether a text is a number in the international form, with nothing else in it.
  static func isE164(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.first == UInt8(ascii: "+") && digitCounts.contains(bytes.count - 1)
      && bytes[1] != UInt8(ascii: "0") && bytes.dropFirst().allSatisfy { (48...57).contains($0) }
  }

  /// The first run of digits, spaces and signs that has as many digits as a phone number.
  static func first(in text: String) -> String? {
    var run = ""
    var digits = 0
    func found() -> String? { digitCounts.contains(digits) ? run : nil }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9":
        run.unicodeScalars.append(scalar)
        digits += 1
      case "+":
        if let phone = found() { return phone }
        (run, digits) = ("+", 0)
      case " ", "-", ".", "(", ")", "/", "\u{A0}", "\u{2011}": continue
      default:
        if let phone = found() { return phone }
        (run, digits) = ("", 0)
      }
    }
    return found()
  }

  /// A number in the international form.
  ///
  /// - Parameter national: how many digits a number without the country has at most; a longer one
  ///   that begins with the code has it already
  static func completed(_ text: String, code: String, national: Int) -> String? {
    let written = trimmed(text)
    // +44 (0)20 …: the 0 is dialled inside the country only.
    let parts = split(written, by: "(0)")
    let isWhole = written.hasPrefix("+") || written.hasPrefix("00")
    var digits = digits(of: (isWhole ? parts.joined() : written).unicodeScalars)
    if written.hasPrefix("+") {
      digits = "+" + digits
    } else if digits.hasPrefix("00") {
      digits = "+" + digits.dropFirst(2)
    } else if digits.hasPrefix("0") {
      digits = "+" + code + digits.dropFirst()
    } else if digits.hasPrefix(code), digits.utf8.count > national {
      digits = "+" + digits
    } else {
      digits = "+" + code + digits
    }
    return isE164(digits) ? digits : nil
  }
}

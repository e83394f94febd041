// SPDX-License-Identifier: Apache-2.0
// Words of strangers in messages for people.

extension String {
  /// The text without anything that a terminal would obey: a control character (C0, DEL, C1) is
  /// written as `\u001b`. What a document or an image says could else move the cursor, forge a line
  /// or set the title of the window of whoever reads what is wrong with it.
  package var printable: String {
    let isControl = { (scalar: Unicode.Scalar) in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
    guard unicodeScalars.contains(where: isControl) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      guard isControl(scalar) else {
        text.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return text
  }
}

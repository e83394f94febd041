// SPDX-License-Identifier: Apache-2.0
// The ways in which a peer may write back a secret it was sent.

/// The escaped forms of a secret that differ from its bytes.
package enum SecretSpelling {
  package static func all(of secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    let forms =
      percent(secret) + base64(secret) + json(secret) + hexadecimal(secret) + html(secret)
    // Each as JSON text once more, as a peer writes that passes on what another answered.
    return forms
      + forms.map { form in
        let inner = String(decoding: form, as: UTF8.self)
        return jsonForm(inner, escapesSlash: false, hex: nil, forHTML: false)
      }
  }

  /// Two digits a byte, as debug outputs dump.
  static func hexadecimal(_ secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    ["0123456789abcdef", "0123456789ABCDEF"].map { digits in
      let digits = Array(digits.utf8)
      return secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
  }

  /// As an error page writes it; the apostrophe has three forms that are met.
  static func html(_ secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    ["&#39;", "&#x27;", "&apos;"].map { apostrophe in
      secret.flatMap { byte -> [UInt8] in
        switch byte {
        case 0x26: Array("&amp;".utf8)
        case 0x3C: Array("&lt;".utf8)
        case 0x3E: Array("&gt;".utf8)
        case 0x22: Array("&quot;".utf8)
        case 0x27: Array(apostrophe.utf8)
        default: [byte]
        }
      }
    }
  }

  /// Percent-encoded: everything but the unreserved characters, and the same without the
  /// sub-delimiters, in upper and lower case, and as a form field with `+` for a space.
  static func percent(_ secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    let strict = Percent.encode(secret)
    let pathLike = Percent.encode(secret, alsoPlain: "!$&'()*+,;=:@/")
    let form = strict.split(separator: Array("%20".utf8)).joined(separator: Array("+".utf8))
    let upper = [strict, pathLike, Array(form)]
    return upper + upper.map(lowerCaseEscapes)
  }

  /// The three base64 alignments, without the characters that depend on the neighbours: a secret
  /// is found in the middle of an encoded text too (`user:password`).
  static func base64(_ secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    for shift in 0..<3 {
      let encoded = Base64.encode(Array(repeating: 0, count: shift) + Array(secret), padded: false)
      let skip = [0, 2, 3][shift]
      let partial = (shift + secret.count) % 3 == 0 ? 0 : 1
      guard encoded.count - skip - partial >= 5 else { continue }
      let stable = Array(encoded[skip..<(encoded.count - partial)])
      forms.append(stable)
      forms.append(stable.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 })
    }
    return forms
  }

  /// As JSON text: the short escapes, with `/` escaped or not, and non-ASCII as `\u`.
  static func json(_ secret: UnsafeRawBufferPointer) -> [[UInt8]] {
    let text = String(decoding: secret, as: UTF8.self)
    var forms: [[UInt8]] = []
    for escapesSlash in [false, true] {
      for hex in [nil, "0123456789abcdef", "0123456789ABCDEF"] {
        for forHTML in [false, true] {
          forms.append(
            jsonForm(
              text, escapesSlash: escapesSlash, hex: hex.map { Array($0.utf8) }, forHTML: forHTML))
        }
      }
    }
    return forms
  }

  /// - Parameter forHTML: whether `<`, `>` and `&` are escaped too, as writers do whose JSON may
  ///   stand in a page.
  private static func jsonForm(
    _ text: String, escapesSlash: Bool, hex: [UInt8]?, forHTML: Bool
  ) -> [UInt8] {
    var form: [UInt8] = []
    let digits = hex ?? Array("0123456789abcdef".utf8)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: form += [0x5C, UInt8(scalar.value)]
      case 0x2F where escapesSlash: form += [0x5C, 0x2F]
      case 0x26 where forHTML, 0x3C where forHTML, 0x3E where forHTML:
        form += Array("\\u00".utf8)
        form += [digits[Int(scalar.value >> 4)], digits[Int(scalar.value & 15)]]
      case 0x80...:
        guard let hex else {
          form += Array(String(scalar).utf8)
          continue
        }
        for unit in String(scalar).utf16 {
          form += [0x5C, 0x75]
          for shift in [12, 8, 4, 0] { form.append(hex[Int(unit >> UInt16(shift)) & 15]) }
        }
      default: form.append(UInt8(scalar.value))
      }
    }
    return form
  }

  private static func lowerCaseEscapes(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for index in bytes.indices where bytes[index] == 0x25 {
      for digit in [index + 1, index + 2] where digit < bytes.count {
        if (0x41...0x46).contains(bytes[digit]) { result[digit] = bytes[digit] | 0x20 }
      }
    }
    return result
  }
}

// SPDX-License-Identifier: Apache-2.0
// How a text travels: as it is, quoted-printable or base64.
import ExchangeValues

/// Encodes a part's content so that every line is short ASCII.
///
/// **Source**: RFC 2045, section 6.
package enum ContentEncoding: String {
  case plain = "7bit"
  case quotedPrintable = "quoted-printable"
  case base64 = "base64"

  static let lineLength = 76

  /// The lightest encoding a text can travel in. `text` has CRLF line ends.
  static func lightest(for text: [UInt8]) -> ContentEncoding {
    var (unusual, line, longest, markers) = (0, 0, 0, false)
    var previous: UInt8 = 0
    for byte in text {
      if byte == 0x0A {
        line = 0
      } else if byte != 0x0D {
        line += 1
        longest = max(longest, line)
      }
      let isUsual = (0x20...0x7E).contains(byte) || [0x09, 0x0A, 0x0D].contains(byte)
      if !isUsual { unusual += 1 }
      // `=_` begins a boundary of ours, and only there.
      if previous == 0x3D && byte == 0x5F { markers = true }
      previous = byte
    }
    if unusual == 0 && longest <= lineLength && !markers { return .plain }
    return unusual * 4 > text.count ? .base64 : .quotedPrintable
  }

  /// Appends the encoded content, ended by a line end.
  func append(_ content: UnsafeRawBufferPointer, to message: inout [UInt8]) {
    switch self {
    case .plain: message.append(contentsOf: content)
    case .quotedPrintable: Self.appendQuoted(content, to: &message)
    case .base64: Self.appendBase64(content, to: &message)
    }
    if message.suffix(2) != [0x0D, 0x0A] { message += [0x0D, 0x0A] }
  }

  /// Every line end of a text as CRLF, lone ones too.
  static func canonical(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count + 64)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x0A && previous == 0x0D {
        // The pair was written at its first half.
      } else if byte == 0x0A || byte == 0x0D {
        result += [0x0D, 0x0A]
      } else {
        result.append(byte)
      }
      previous = byte
    }
    return result
  }

  private static func appendBase64(_ content: UnsafeRawBufferPointer, to message: inout [UInt8]) {
    let step = lineLength / 4 * 3
    message.reserveCapacity(message.count + content.count / 54 * 76 + 128)
    var start = 0
    while start < content.count {
      let end = min(start + step, content.count)
      Base64.append(UnsafeRawBufferPointer(rebasing: content[start..<end]), to: &message)
      message += [0x0D, 0x0A]
      start = end
    }
  }

  private static func appendQuoted(_ content: UnsafeRawBufferPointer, to message: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    var line = 0
    for (index, byte) in content.enumerated() {
      if byte == 0x0D || byte == 0x0A {
        message.append(byte)
        line = 0
        continue
      }
      let endsLine = index + 1 == content.count || content[index + 1] == 0x0D
      let isPlain =
        (0x21...0x7E).contains(byte) && byte != 0x3D
        || (byte == 0x20 || byte == 0x09) && !endsLine
      let width = isPlain ? 1 : 3
      if line + width > lineLength - 1 {
        message += [0x3D, 0x0D, 0x0A]
        line = 0
      }
      line += width
      message += isPlain ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}

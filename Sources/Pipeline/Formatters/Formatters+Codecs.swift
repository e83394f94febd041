// SPDX-License-Identifier: Apache-2.0
// Formatters that write a value in another form.

import Values

extension Formatters {
  static let codecs: [Formatter] = [
    Formatter(
      "url_encode",
      "text → as a part of a URL, all but letters, digits and -._~ as %XX; a list or object: missing"
    ) { call throws(FormatterRefusal) in .text(urlEncoded(try call.text())) },
    Formatter("base64", "text → its bytes in Base64 with padding; a list or object: missing") {
      call throws(FormatterRefusal) in .text(Base64Text.encode(Array(try call.text().utf8)))
    },
    Formatter(
      "base64_decode",
      "text in Base64 or its form for URLs → the text; what is none, or no UTF-8: missing"
    ) { call throws(FormatterRefusal) in
      guard let bytes = Base64Text.decode(trimmed(try call.text())) else {
        throw FormatterRefusal("it is not Base64")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw FormatterRefusal("its bytes are no UTF-8")
      }
      return .text(text)
    },
    Formatter(
      "sha256", [encoding],
      "text → the SHA-256 of its bytes, as \"hex\" or \"base64\"; a list or object: missing"
    ) { call throws(FormatterRefusal) in
      guard let hash = call.context.digests.sha256 else { throw notAvailable }
      return try encoded(hash(Array(try call.text().utf8)), call, 0)
    },
    Formatter(
      "hmac_sha256", [FormatterParameter("key", .text), encoding],
      "text → its HMAC-SHA-256 under \"key\", as \"hex\" or \"base64\"; a list or object: missing"
    ) { call throws(FormatterRefusal) in
      guard let code = call.context.digests.hmacSHA256 else { throw notAvailable }
      let (key, message) = (Array(try call.text(0).utf8), Array(try call.text().utf8))
      return try encoded(code(key, message), call, 1)
    },
    Formatter("to_json", "anything → its JSON as text") {
      call throws(FormatterRefusal) in .text((call.value ?? .null).json)
    },
    Formatter("from_json", "JSON text → the value; no JSON, or no text: missing") {
      call throws(FormatterRefusal) in
      guard let text = call.value?.asText else { throw FormatterRefusal("it is no text") }
      do throws(JSONError) {
        return try JSONValue(parsing: text)
      } catch {
        throw FormatterRefusal("it is no JSON (\(error.code))")
      }
    },
  ]

  private static let encoding = FormatterParameter(
    "encoding", .choice(["hex", "base64"]), isOptional: true)
  private static let notAvailable = FormatterRefusal("hashes are not available here")
  private static let hexDigits = Array("0123456789abcdef".utf8)

  private static func encoded(
    _ bytes: [UInt8], _ call: FormatterCall, _ index: Int
  ) throws(FormatterRefusal) -> JSONValue {
    switch try call.text(index, default: "hex") {
    case "hex":
      let digits = bytes.flatMap { [hexDigits[Int($0 >> 4)], hexDigits[Int($0 & 15)]] }
      return .text(String(decoding: digits, as: UTF8.self))
    case "base64": return .text(Base64Text.encode(bytes))
    default: throw FormatterRefusal("argument \(index + 1) is neither \"hex\" nor \"base64\"")
    }
  }

  /// Percent-encodes all but the unreserved characters.
  ///
  /// **Source** RFC 3986 §2.3.
  private static func urlEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      let isPlain =
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || [45, 46, 95, 126].contains(byte)
      if isPlain {
        bytes.append(byte)
      } else {
        bytes += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

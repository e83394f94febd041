// SPDX-License-Identifier: Apache-2.0
import Crypto
import Testing

@Suite struct TextCodeTests {
  @Test(arguments: [
    // RFC 4648 section 10.
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `base 64 is that of RFC 4648, both ways`(_ plain: String, _ text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
  }

  @Test func `all bytes survive base 64 and hex`() {
    let all = (0...255).map { UInt8($0) }
    #expect(Base64.decode(Base64.encode(all)) == all)
    #expect(Hex.decode(Hex.encode(all)) == all)
    #expect(Hex.decode("00fFAb") == [0, 255, 0xab])
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "Zm9v ", "Zm\u{e9}",
  ])
  func `other texts are not base 64`(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(arguments: ["0", "0g", "0x00", " 00", "00 ", "é0"])
  func `other texts are not hex`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }
}

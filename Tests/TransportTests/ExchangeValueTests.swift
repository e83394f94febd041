// SPDX-License-Identifier: Apache-2.0
import ExchangeValues
import Testing
import Values

@Suite struct ExchangeValueTests {
  @Test func `base64 is that of the standard's examples`() {
    for (plain, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(plain.utf8)) == Array(encoded.utf8))
    }
  }

  @Test func `a head is JSON whatever bytes go in`() throws {
    var state: UInt64 = 4_711
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
      }
      var writer = HeadWriter()
      writer.objectBegin()
      writer.key("x")
      writer.text(bytes)
      writer.objectEnd()
      #expect(try JSONValue(parsing: writer.bytes)["x"]?.asText != nil)
    }
  }

  @Test(arguments: [
    ([0x41, 0xC3, 0xA4], true), ([0xC0, 0x80], false), ([0xED, 0xA0, 0x80], false),
    ([0xF0, 0x9F, 0x98, 0x80], true), ([0xF4, 0x90, 0x80, 0x80], false), ([0xE2, 0x82], false),
    ([0xFF], false), ([0xE0, 0x80, 0x80], false), ([], true), ([0xC3], false),
    ([0xE2, 0x28, 0xA1], false), ([0xF0, 0x28, 0x8C, 0xBC], false),
  ] as [([UInt8], Bool)])
  func `UTF-8 is told from what is not`(_ bytes: [UInt8], _ isValid: Bool) {
    #expect(bytes.withUnsafeBytes { UTF8Check.isValid($0) } == isValid)
  }

  @Test func `a scrubber finds a secret inside any base64 text`() {
    let secret = OwnedBytes(Array("correct horse".utf8))
    var scrubber = Scrubber()
    scrubber.add(secret)
    for before in ["", "a", "ab", "abc"] {
      for after in ["", "x", "xy", "xyz"] {
        let text = Base64.encode(Array("\(before)correct horse\(after)".utf8))
        let scrubbed = String(decoding: scrubber.scrub(text), as: UTF8.self)
        #expect(scrubbed.contains("***"), "\(before)|\(after): \(scrubbed)")
        #expect(scrubbed.count < 16)
      }
    }
  }

  @Test func `a secret too short to be told from other text is left alone`() {
    var scrubber = Scrubber()
    scrubber.add(OwnedBytes(Array("abc".utf8)))
    #expect(scrubber.scrub("abcdef") == "abcdef")
  }
}

// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Crypto

@Suite struct SodiumTests {
  let sodium: Sodium

  init() throws { sodium = try Sodium.load() }

  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

  @Test(arguments: [
    // FIPS 180-4 examples.
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `SHA-256 gives the standard's hashes`(_ text: String, _ hash: String) {
    #expect(Hex.encode(sodium.sha256(Array(text.utf8))) == hash)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1_000, 100_000])
  func `a digest of pieces is that of the whole`(_ size: Int) {
    let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    let stream = sodium.sha256Stream()
    var rest = message[...]
    var step = 1
    while !rest.isEmpty {
      rest.prefix(step).withUnsafeBytes { stream.add($0) }
      rest = rest.dropFirst(step)
      step = step * 3 + 1
    }
    #expect(stream.finish() == sodium.sha256(message))
  }

  @Test(arguments: [
    // RFC 4231, cases 1, 2, 3 and 6: a key longer than the block is among them.
    (
      String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    ),
    (
      "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
        + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"
    ),
    (
      String(repeating: "aa", count: 131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
        + "65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    ),
  ])
  func `the codes are those of RFC 4231`(
    _ key: String, _ message: String, _ short: String, _ long: String
  ) throws {
    let (key, message) = (try bytes(key), try bytes(message))
    #expect(Hex.encode(sodium.hmacSHA256(key: key, message)) == short)
    #expect(Hex.encode(sodium.hmacSHA512(key: key, message)) == long)
  }

  @Test(arguments: [
    // RFC 2202, cases 1, 2, 6 and 7.
    (
      String(repeating: "0b", count: 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"
    ),
    ("4a656665", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (
      String(repeating: "aa", count: 80), "Test Using Larger Than Block-Size Key - Hash Key First",
      "aa4ae5e15272d00e95705637ce8a3b55ed402112"
    ),
    (
      String(repeating: "aa", count: 80),
      "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
      "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"
    ),
  ])
  func `the old codes are those of RFC 2202`(
    _ key: String, _ message: String, _ code: String
  ) throws {
    #expect(Hex.encode(sodium.hmacSHA1(key: try bytes(key), Array(message.utf8))) == code)
  }

  @Test func `an empty key and an empty message have a code`() {
    #expect(
      Hex.encode(sodium.hmacSHA256(key: [], []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func `a signature of RFC 8032 is verified, a changed one is not`() throws {
    // Section 7.1, test 2.
    let key = try bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    let signature = try bytes(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    #expect(sodium.verifyEd25519(signature: signature, message: [0x72], publicKey: key))
    #expect(!sodium.verifyEd25519(signature: signature, message: [0x73], publicKey: key))
    #expect(!sodium.verifyEd25519(signature: signature, message: [], publicKey: key))
    #expect(
      !sodium.verifyEd25519(signature: Array(signature.dropLast()), message: [0x72], publicKey: key)
    )
    #expect(!sodium.verifyEd25519(signature: signature, message: [0x72], publicKey: []))
  }

  @Test func `bytes are compared whole`() {
    #expect(sodium.isEqual([], []))
    #expect(sodium.isEqual([1, 2, 3], [1, 2, 3]))
    #expect(!sodium.isEqual([1, 2, 3], [1, 2, 4]))
    #expect(!sodium.isEqual([1, 2, 3], [1, 2]))
  }

  @Test func `random bytes differ and tokens are long`() {
    #expect(sodium.randomBytes(32) != sodium.randomBytes(32))
    #expect(sodium.randomBytes(0) == [])
    #expect(Set((0..<100).map { _ in sodium.randomToken() }).count == 100)
    #expect(sodium.randomToken().count == 40)
  }

  @Test func `what was sealed opens with its key and not with a bit changed`() {
    let key = sodium.randomBytes(32)
    for plain in [[], [7], [UInt8](repeating: 9, count: 1_000)] {
      let sealed = sodium.seal(plain, key: key)
      #expect(sodium.open(sealed, key: key) == plain)
      #expect(sodium.seal(plain, key: key) != sealed)
      #expect(sodium.open(sealed, key: sodium.randomBytes(32)) == nil)
      for at in [0, 24, sealed.count - 1] {
        var changed = sealed
        changed[at] ^= 1
        #expect(sodium.open(changed, key: key) == nil)
      }
    }
    #expect(sodium.open([], key: key) == nil)
  }

  @Test func `without the library the package to install is named`() {
    do {
      _ = try SodiumLibrary(names: ["libnowhere.so.1"])
      Issue.record("a library that does not exist was loaded")
    } catch {
      #expect(error.code == .libraryMissing)
      #expect(error.message.contains("apt-get install libsodium23"))
    }
  }

  @Test func `another library under the name is refused with what it lacks`() {
    do {
      _ = try SodiumLibrary(names: ["libm.so.6"])
      Issue.record("the mathematics library passed for libsodium")
    } catch {
      #expect(error.code == .libraryUnfit && error.message.contains("sodium_init"))
    }
  }
}

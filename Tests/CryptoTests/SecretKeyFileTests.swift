// SPDX-License-Identifier: Apache-2.0
import Crypto
import Glibc
import TestKit
import Testing

@Suite struct SecretKeyFileTests {
  let folder = TemporaryFolder()
  let sodium: Sodium

  init() throws { sodium = try Sodium.load() }

  private func open() -> CryptoError? {
    do {
      _ = try SecretKeyFile.open(folder: folder.path, sodium: sodium)
      return nil
    } catch {
      return error
    }
  }

  @Test func `the key is made once, for its owner only, and opens what it sealed`() throws {
    let first = try SecretKeyFile.open(folder: folder.path, sodium: sodium)
    var status = stat()
    #expect(stat(folder("secret.key"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(folder.names() == ["secret.key"])
    let sealed = first.seal(Array("whsec_1".utf8))
    let again = try SecretKeyFile.open(folder: folder.path, sodium: sodium)
    #expect(again.keyID == first.keyID && first.keyID.count == 8)
    #expect(try again.open(sealed) == Array("whsec_1".utf8))
  }

  @Test func `another key opens nothing and says which key was tried`() throws {
    let first = try SecretKeyFile.open(folder: folder.path, sodium: sodium)
    let other = TemporaryFolder()
    let second = try SecretKeyFile.open(folder: other.path, sodium: sodium)
    #expect(first.keyID != second.keyID)
    do {
      _ = try second.open(first.seal([1]))
      Issue.record("another key opened the seal")
    } catch {
      #expect(error.code == .sealBroken && error.message.contains(second.keyID))
    }
  }

  @Test func `a key that others may read is refused with the command that helps`() {
    #expect(open() == nil)
    chmod(folder("secret.key"), 0o640)
    let error = open()
    #expect(error?.code == .keyUnsafe && error?.message.contains("chmod 600") == true)
  }

  @Test(arguments: [0, 1, 31, 33, 4_096])
  func `a file of another size is no key`(_ size: Int) {
    folder.write([UInt8](repeating: 1, count: size), to: "secret.key")
    chmod(folder("secret.key"), 0o600)
    #expect(open()?.code == .keyDamaged)
  }

  @Test func `a link or a folder in its place is refused`() {
    folder.write([UInt8](repeating: 1, count: 32), to: "elsewhere")
    symlink(folder("elsewhere"), folder("secret.key"))
    #expect(open()?.code == .keyUnreadable)
    unlink(folder("secret.key"))
    mkdir(folder("secret.key"), 0o700)
    #expect(open()?.code == .keyUnsafe)
  }

  @Test func `half a key left by a crash is not taken for one`() {
    folder.write([1, 2], to: "secret.key.new")
    #expect(open() == nil)
    #expect(folder.names() == ["secret.key"])
  }
}

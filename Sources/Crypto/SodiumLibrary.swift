// SPDX-License-Identifier: Apache-2.0
// The one file that loads libsodium, at run time: nothing is linked, so all but credentials and
// signatures works without it.

import Glibc

/// libsodium's functions as they were found.
///
/// **Source** https://doc.libsodium.org
struct SodiumLibrary: Sendable {
  typealias Bytes = UnsafePointer<UInt8>
  typealias Output = UnsafeMutablePointer<UInt8>
  typealias Hash = @convention(c) (Output, Bytes, UInt64) -> Int32
  typealias MACBegin = @convention(c) (UnsafeMutableRawPointer, Bytes, Int) -> Int32
  typealias MACUpdate = @convention(c) (UnsafeMutableRawPointer, Bytes, UInt64) -> Int32
  typealias MACEnd = @convention(c) (UnsafeMutableRawPointer, Output) -> Int32
  typealias Size = @convention(c) () -> Int
  typealias Box = @convention(c) (Output, Bytes, UInt64, Bytes, Bytes) -> Int32
  typealias Verify = @convention(c) (Bytes, Bytes, UInt64, Bytes) -> Int32
  typealias Compare = @convention(c) (Bytes, Bytes, Int) -> Int32
  typealias Fill = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

  /// The functions of a digest that is fed piece by piece.
  struct Stream: Sendable {
    let stateSize: Int
    let begin: @convention(c) (UnsafeMutableRawPointer) -> Int32
    let update: MACUpdate
    let end: MACEnd
  }

  /// The four functions of one message authentication code.
  struct MAC: Sendable {
    let stateSize: Int
    let begin: MACBegin
    let update: MACUpdate
    let end: MACEnd
  }

  let sha256: Hash
  let sha256Stream: Stream
  let hmacSHA256: MAC
  let hmacSHA512: MAC
  let boxSeal: Box
  let boxOpen: Box
  let verifyEd25519: Verify
  let compare: Compare
  let randomFill: Fill

  /// The names it goes by: 23 is 1.0.18 and 1.0.19, 26 is 1.0.20.
  static let names = ["libsodium.so.23", "libsodium.so.26"]

  init() throws(CryptoError) {
    try self.init(names: SodiumLibrary.names)
  }

  init(names: [String]) throws(CryptoError) {
    let image = try SodiumLibrary.open(names)
    let begin = try SodiumLibrary.find(
      "sodium_init", in: image, as: (@convention(c) () -> Int32).self)
    guard begin() >= 0 else {
      throw CryptoError(.libraryUnfit, "libsodium cannot begin: it finds no source of randomness")
    }
    sha256 = try SodiumLibrary.find("crypto_hash_sha256", in: image, as: Hash.self)
    sha256Stream = Stream(
      stateSize: try SodiumLibrary.find(
        "crypto_hash_sha256_statebytes", in: image, as: Size.self)(),
      begin: try SodiumLibrary.find(
        "crypto_hash_sha256_init", in: image,
        as: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self),
      update: try SodiumLibrary.find(
        "crypto_hash_sha256_update", in: image, as: MACUpdate.self),
      end: try SodiumLibrary.find("crypto_hash_sha256_final", in: image, as: MACEnd.self))
    hmacSHA256 = try SodiumLibrary.findMAC("crypto_auth_hmacsha256", in: image)
    hmacSHA512 = try SodiumLibrary.findMAC("crypto_auth_hmacsha512", in: image)
    boxSeal = try SodiumLibrary.find("crypto_secretbox_easy", in: image, as: Box.self)
    boxOpen = try SodiumLibrary.find("crypto_secretbox_open_easy", in: image, as: Box.self)
    verifyEd25519 = try SodiumLibrary.find(
      "crypto_sign_verify_detached", in: image, as: Verify.self)
    compare = try SodiumLibrary.find("sodium_memcmp", in: image, as: Compare.self)
    randomFill = try SodiumLibrary.find("randombytes_buf", in: image, as: Fill.self)
  }

  private static func open(_ names: [String]) throws(CryptoError) -> LoadedImage {
    for name in names {
      if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return LoadedImage(handle: handle) }
    }
    throw CryptoError(
      .libraryMissing,
      "libsodium is not installed (\(names.joined(separator: " or "))): "
        + "apt-get install libsodium23")
  }

  private static func findMAC(
    _ name: String, in image: LoadedImage
  ) throws(CryptoError) -> MAC {
    MAC(
      stateSize: try find(name + "_statebytes", in: image, as: Size.self)(),
      begin: try find(name + "_init", in: image, as: MACBegin.self),
      update: try find(name + "_update", in: image, as: MACUpdate.self),
      end: try find(name + "_final", in: image, as: MACEnd.self))
  }

  private static func find<Function>(
    _ name: String, in image: LoadedImage, as type: Function.Type
  ) throws(CryptoError) -> Function {
    guard let address = dlsym(image.handle, name) else {
      throw CryptoError(
        .libraryUnfit, "libsodium has no \(name): install libsodium 1.0.18 or newer")
    }
    // Safe because each type above is written after the library's header of that function.
    return unsafeBitCast(address, to: type)
  }
}

/// A library that was opened, and is never closed.
private struct LoadedImage {
  let handle: UnsafeMutableRawPointer
}

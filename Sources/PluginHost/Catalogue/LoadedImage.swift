// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a plugin as they were hashed: what is hashed is what is loaded.

import CSystem
import Glibc
import WorkerProtocol

/// A plugin's image in sealed memory, with the hash over exactly these bytes and the manifest's.
///
/// A file could change between the hash and the load; sealed memory cannot.
package struct LoadedImage: Sendable {
  /// Computes the hash of some bytes, as text. Injected: the cryptography is not this module's.
  package typealias HashFunction = @Sendable (_ bytes: [UInt8]) -> String

  package let hash: String
  /// Enough of it to tell two builds apart, where many are named.
  package let shortHash: String
  /// The linker's name for these bytes; nil without one.
  package let buildID: String?
  /// A sealed memfd; empty for a plugin without an image.
  package let memory: OwnedDescriptor

  /// Reads the image and the manifest, seals the one and hashes both together.
  ///
  /// **Throws** `image_unreadable`, `no_memory`.
  package static func load(
    image path: String?, manifest: [UInt8], hash: HashFunction
  ) throws(PluginHostError) -> LoadedImage {
    var content: [UInt8] = []
    if let path { content = try read(path) }
    let sealed = try seal(content)
    let whole = hash(hashed(image: content, manifest: manifest))
    return LoadedImage(
      hash: whole, shortHash: String(whole.prefix(16)),
      buildID: (try? ELFSegments(ELFReader(bytes: content)))?.buildID, memory: sealed)
  }

  /// The hash of an image and a manifest that are not to be loaded now.
  ///
  /// **Throws** `image_unreadable`.
  static func hash(
    image path: String?, manifest: [UInt8], hash: HashFunction
  ) throws(PluginHostError) -> String {
    var content: [UInt8] = []
    if let path { content = try read(path) }
    return hash(hashed(image: content, manifest: manifest))
  }

  /// What the hash is over. The length first: no two pairs of files are the same bytes.
  static func hashed(image: [UInt8], manifest: [UInt8]) -> [UInt8] {
    var hashed = withUnsafeBytes(of: UInt64(image.count).littleEndian) { Array($0) }
    hashed.reserveCapacity(hashed.count + image.count + manifest.count)
    hashed += image
    hashed += manifest
    return hashed
  }

  /// The names of the functions that a crash was in, as far as the image has them, without
  /// repetitions. `places` is as in `sys_crash_record`.
  package func functions(at places: [UInt64]) -> [String] {
    guard let bytes = readFile(memory.number, limit: Self.mostBytes) else { return [] }
    let table = ELFFunctions(bytes: bytes)
    var names: [String] = []
    for (index, place) in places.enumerated() where place != 0 {
      // Of a call the address behind it is noted, which may be that of the next function.
      let name = table.name(at: index == 0 ? place : place &- 1)
      let text = name ?? "the image + 0x\(String(place, radix: 16))"
      if names.last != text { names.append(text) }
    }
    return names
  }

  private static func read(_ path: String) throws(PluginHostError) -> [UInt8] {
    guard let content = readFile(path, limit: mostBytes + 1) else {
      throw PluginHostError(
        code: "image_unreadable", message: "\(path) cannot be read: \(systemText(errno))")
    }
    guard content.count <= mostBytes else {
      throw PluginHostError(
        code: "image_unreadable",
        message: "\(path) is over \(mostBytes >> 20) MiB: strip it (strip --strip-debug)")
    }
    return content
  }

  private static func seal(_ content: [UInt8]) throws(PluginHostError) -> OwnedDescriptor {
    let memory = OwnedDescriptor(sys_memory_create("jackfield-image"))
    guard memory.number >= 0 else { throw noMemory(-memory.number) }
    var offset = 0
    while offset < content.count {
      let count = content[offset...].withUnsafeBytes {
        write(memory.number, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw noMemory(errno) }
      offset += count
    }
    let failure = sys_memory_seal(memory.number)
    guard failure == 0 else { throw noMemory(-failure) }
    return memory
  }

  private static func noMemory(_ number: Int32) -> PluginHostError {
    PluginHostError(
      code: "no_memory", message: "no memory for a plugin's image: \(systemText(number))")
  }

  /// A debug build of a Swift plugin is 1 to 10 MB; a C++ one with its libraries linked in 100.
  static let mostBytes = 512 << 20
}

// SPDX-License-Identifier: Apache-2.0
//
// Where the libraries are that an image needs.

import Glibc

/// Looks libraries up as the loader will: beside the host's runtime, in ld.so.cache, in the
/// standard folders. A value: the cache is read once, for a whole scan.
package struct LibrarySearch: Sendable {
  private let folders: [String]
  /// The paths in the cache, by the name they are found under.
  private let cached: [String: [String]]
  private let cacheFile: String

  package init(
    extraFolders: [String] = [], cache: String = "/etc/ld.so.cache",
    machine: UInt16 = ELFImage.hostMachine
  ) {
    let triple = machine == 183 ? "aarch64-linux-gnu" : "x86_64-linux-gnu"
    folders =
      extraFolders + [RuntimeLibraries.folder].compactMap { $0 } + [
        "/lib/\(triple)", "/usr/lib/\(triple)", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
        "/usr/local/lib",
      ]
    cached = Self.paths(inCache: readFile(cache, limit: 64 << 20) ?? [], machine: machine)
    cacheFile = cache
  }

  /// Whether a library of this name is installed.
  package func finds(_ name: String) -> Bool {
    if name.contains("/") { return access(name, R_OK) == 0 }
    return cached[name] != nil || folders.contains { access("\($0)/\(name)", R_OK) == 0 }
  }

  /// Every file that the loader may take for a name: those in the search paths of who needs it, in
  /// the folders, and each of the cache, which may hold several for different processors.
  func paths(of name: String, searchPaths: [String], beside origin: String?) -> [String] {
    if name.contains("/") { return access(name, R_OK) == 0 ? [name] : [] }
    let own = searchPaths.compactMap { folder -> String? in
      guard folder.contains("$") else { return folder }
      guard let origin else { return nil }
      return origin + folder.dropFirst(folder.hasPrefix("${ORIGIN}") ? 9 : 7)
    }
    let candidates = (own + folders).map { "\($0)/\(name)" } + (cached[name] ?? [])
    return candidates.filter { access($0, R_OK) == 0 }
  }

  /// The loader's own: itself is mapped, its cache it reads at each search.
  var loaderFiles: [String] { [cacheFile, "/etc/ld.so.preload"] }

  /// The names in a cache with their paths, in the format that glibc 2.2 and later write.
  ///
  /// **Source** glibc, sysdeps/generic/dl-cache.h
  static func paths(inCache bytes: [UInt8], machine: UInt16) -> [String: [String]] {
    let magic = Array("glibc-ld.so.cache1.1".utf8)
    let reader = ELFReader(bytes: bytes)
    guard let start = firstOffset(of: magic, in: bytes),
      let count = reader.number(UInt32.self, at: start + 20)
    else { return [:] }
    let wanted: UInt32 = machine == 183 ? 0x0a00 : 0x0300
    let size = UInt64(bytes.count) - start
    var paths: [String: [String]] = [:]
    for index in 0..<UInt64(count) {
      let entry = start + 48 + index * 24
      guard let flags = reader.number(UInt32.self, at: entry),
        let key = reader.number(UInt32.self, at: entry + 4),
        let value = reader.number(UInt32.self, at: entry + 8)
      else { break }
      guard flags & 0xff00 == wanted, let name = reader.text(at: UInt64(key), in: start, size: size),
        let path = reader.text(at: UInt64(value), in: start, size: size)
      else { continue }
      paths[name, default: []].append(path)
    }
    return paths
  }

  /// The new format may follow an old one, whose length depends on its entries.
  private static func firstOffset(of magic: [UInt8], in bytes: [UInt8]) -> UInt64? {
    if bytes.starts(with: magic) { return 0 }
    guard bytes.starts(with: Array("ld.so-1.7.0".utf8)),
      let count = ELFReader(bytes: bytes).number(UInt32.self, at: 12)
    else { return nil }
    let start = (16 + UInt64(count) * 12 + 7) / 8 * 8
    guard let slice = ELFReader(bytes: bytes).slice(at: start, count: UInt64(magic.count)),
      slice.elementsEqual(magic)
    else { return nil }
    return start
  }

  /// What to type to have a library, when it is known.
  static func advice(for name: String) -> String {
    let packages = [
      "libcurl.so.4": "libcurl4", "libmicrohttpd.so.12": "libmicrohttpd12",
      "libsqlite3.so.0": "libsqlite3-0", "libsodium.so.23": "libsodium23",
      "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3", "libstdc++.so.6": "libstdc++6",
      "libgcc_s.so.1": "libgcc-s1", "libpq.so.5": "libpq5", "libxml2.so.2": "libxml2",
      "libz.so.1": "zlib1g", "libicuuc.so.72": "libicu72",
    ]
    if let package = packages[name] { return "apt-get install -y \(package)" }
    let isSwift = ["libswift", "lib_Foundation", "libFoundation", "libdispatch", "libBlocksRuntime"]
      .contains { name.hasPrefix($0) }
    if isSwift {
      return "it belongs to the Swift runtime: install the one jackfield was built with, or build "
        + "the plugin with --static-swift-stdlib"
    }
    return "install the package that has it (apt-file search \(name))"
  }
}

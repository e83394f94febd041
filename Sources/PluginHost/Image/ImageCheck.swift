// SPDX-License-Identifier: Apache-2.0
//
// Why an image cannot be loaded, said before anybody tries.

import Glibc
import Pipeline

/// Compares an image with its manifest, this machine and the ABI.
package enum ImageCheck {
  /// The entry that a plugin of the host's ABI exports.
  package static let entry = "jf_plugin_entry_v0"
  static let entryPrefix = "jf_plugin_entry_v"
  static let abiMajor = 0
  static let abiMinor = 1

  /// Everything that is wrong with an image; empty when it can be loaded.
  package static func explain(
    path: String, manifest: PluginManifest, libraries: LibrarySearch = LibrarySearch()
  ) -> [LoadProblem] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return [problem("image_missing", path, "is not there: \(systemText(errno)); \(rebuild)")]
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return [problem("not_elf", path, "is no file: \(rebuild)")]
    }
    guard let bytes = readFile(path, limit: LoadedImage.mostBytes) else {
      return [
        problem("image_unreadable", path, "cannot be read: \(systemText(errno)); chmod a+r it")
      ]
    }
    do throws(LoadProblem) {
      let image = try ELFImage(bytes: bytes)
      return explain(image, path: path, manifest: manifest, libraries: libraries)
    } catch {
      return [problem(error.code, path, error.message)]
    }
  }

  /// The same for an image that was read.
  package static func explain(
    _ image: ELFImage, path: String, manifest: PluginManifest, libraries: LibrarySearch
  ) -> [LoadProblem] {
    if let problem = explainKind(image, path) { return [problem] }
    var problems = explainEntry(image, path, manifest)
    problems += explainLibraries(image, path, libraries)
    problems += explainSearchPaths(image, path)
    problems += explainExports(image, path)
    return problems
  }

  package static func explainKind(_ image: ELFImage, _ path: String) -> LoadProblem? {
    let host = ELFImage.name(ofMachine: ELFImage.hostMachine)
    guard image.machine == ELFImage.hostMachine, image.is64Bit, image.isLittleEndian else {
      let built = ELFImage.name(ofMachine: image.machine) + (image.is64Bit ? "" : " with 32 bits")
      return problem(
        "other_architecture", path,
        "was built for \(built), this host runs on \(host): install the build for "
          + ELFImage.hostPlatform)
    }
    let kinds: [UInt16: String] = [
      1: "an object file, not linked yet", 2: "a program", 4: "a core dump",
    ]
    if image.type != 3 || image.isProgram {
      let kind = image.isProgram ? "a program" : kinds[image.type] ?? "an ELF file of another kind"
      return problem(
        "not_shared", path, "is \(kind), not a shared object: link it with -shared -fPIC")
    }
    return nil
  }

  package static func explainEntry(
    _ image: ELFImage, _ path: String, _ manifest: PluginManifest
  ) -> [LoadProblem] {
    let exports = image.exports
    var problems: [LoadProblem] = []
    if !exports.contains(entry) {
      let others = exports.filter { $0.hasPrefix(entryPrefix) }
      if let other = others.first {
        problems.append(
          problem(
            "other_abi", path,
            "was built for ABI major \(other.dropFirst(entryPrefix.count)), this host speaks "
              + "\(abiMajor).\(abiMinor): build it with the headers of this release, or update "
              + "jackfield"))
      } else {
        problems.append(
          problem(
            "no_entry", path,
            "does not export \(entry): define it with JF_EXPORT, link with the SDK's plugin.map"))
      }
    }
    let abi = manifest.abi
    if abi.major != abiMajor || abi.minor > abiMinor {
      problems.append(
        LoadProblem(
          code: "other_abi",
          message: "plugin \(manifest.id) says ABI \(abi), this host speaks "
            + "\(abiMajor).\(abiMinor): update jackfield or install \(manifest.id) for "
            + "ABI \(abiMajor).\(abiMinor)"))
    }
    return problems
  }

  package static func explainLibraries(
    _ image: ELFImage, _ path: String, _ libraries: LibrarySearch
  ) -> [LoadProblem] {
    image.needed.filter { !libraries.finds($0) }.map { name in
      problem(
        "library_missing", path,
        "needs \(name), which is not installed: \(LibrarySearch.advice(for: name))")
    }
  }

  package static func explainSearchPaths(_ image: ELFImage, _ path: String) -> [LoadProblem] {
    image.searchPaths.flatMap { $0.split(separator: ":").map(String.init) }
      .filter { !isToolchains($0) }
      .map { folder in
        problem(
          "search_path_refused", path,
          "has the search path \(folder) written into it (RPATH), from which code would be loaded "
            + "that was not hashed: patchelf --remove-rpath \(path)")
      }
  }

  /// What swiftc and SwiftPM write into each image: the image is loaded from memory, where $ORIGIN
  /// is nothing, and the toolchain's runtime is the host's own.
  private static func isToolchains(_ folder: String) -> Bool {
    folder == "$ORIGIN" || folder.hasSuffix("/lib/swift/linux")
  }

  package static func explainExports(_ image: ELFImage, _ path: String) -> [LoadProblem] {
    let linkers: Set<String> = ["_init", "_fini", "_edata", "_end", "__bss_start"]
    let others = image.exports.filter { !$0.hasPrefix(entryPrefix) && !linkers.contains($0) }
    guard let first = others.first else { return [] }
    let more = others.count == 1 ? "" : " and \(others.count - 1) more"
    return [
      LoadProblem(
        code: "exports_more",
        message: "\(path) exports \(first)\(more), which other libraries of its process can take "
          + "for theirs: link with -Wl,--version-script=plugin.map -Wl,-Bsymbolic",
        severity: .warning)
    ]
  }

  private static let rebuild = "build or install the plugin again"

  private static func problem(_ code: String, _ path: String, _ text: String) -> LoadProblem {
    LoadProblem(code: code, message: "\(path) \(text)")
  }
}

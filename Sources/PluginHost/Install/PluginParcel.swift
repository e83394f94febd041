// SPDX-License-Identifier: Apache-2.0
//
// What an operator hands in to be installed: looked at, never run.

import Glibc
import Pipeline
import Values

/// A plugin's folder outside of the host, and the files of it that are installed.
struct PluginParcel {
  /// Without symbolic links on its way.
  let folder: String
  let manifest: PluginManifest
  /// Names in the folder, the manifest first.
  let files: [String]

  /// Checks a folder, or an image with its manifest beside it.
  ///
  /// **Throws** the code of the first check that failed.
  init(
    _ path: String, libraries: LibrarySearch, hash: @escaping LoadedImage.HashFunction
  ) throws(PluginHostError) {
    let (folder, image) = try Self.place(path)
    self.folder = folder
    let bytes = try Self.read("plugin.json", in: folder, atMost: Self.smallFile)
    manifest = try Self.manifest(bytes, path: folder + "/plugin.json")
    if let image, !manifest.library.values.contains(image) {
      throw PluginHostError(
        code: "image_unnamed",
        message: "\(folder)/plugin.json names no library \(image): install its folder, or name "
          + (manifest.library[ELFImage.hostPlatform] ?? "the plugin's own"))
    }
    files = try Self.files(of: manifest, in: folder)
    let (_, problems) = PluginCatalogue.read(
      folder: folder, libraries: libraries, hash: hash)
    if let problem = problems.first(where: { $0.severity == .error }) {
      throw PluginHostError(code: problem.code, message: problem.message)
    }
  }

  func read(_ name: String) throws(PluginHostError) -> [UInt8] {
    let isImage = manifest.library.values.contains(name)
    return try Self.read(
      name, in: folder, atMost: isImage ? LoadedImage.mostBytes : Self.smallFile)
  }

  // MARK: private parts

  /// The folder, and the image's name where a file was given.
  private static func place(
    _ path: String
  ) throws(PluginHostError) -> (folder: String, image: String?) {
    guard let real = realPath(path) else {
      throw PluginHostError(
        code: "plugin_folder_missing", message: "\(path) is not there: \(systemText(errno))")
    }
    if PluginSet.isFolder(real) { return (real, nil) }
    // The name as it was typed: the manifest names a link, not what it leads to.
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let typed = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard let folder = realPath(typed.isEmpty ? "/" : typed) else {
      throw PluginHostError(
        code: "plugin_folder_missing", message: "\(typed) is not there: \(systemText(errno))")
    }
    return (folder, name)
  }

  private static func manifest(
    _ bytes: [UInt8], path: String
  ) throws(PluginHostError) -> PluginManifest {
    do throws(Finding) {
      let (manifest, findings) = PluginManifest.parse(try JSONDocument(source: bytes))
      if let manifest { return manifest }
      if let finding = findings.first(where: { $0.severity == .error }) { throw finding }
    } catch {
      throw PluginHostError(code: error.code, message: error.text(in: path))
    }
    throw PluginHostError(code: "manifest_unreadable", message: "\(path) cannot be read")
  }

  /// The manifest, the images that are there, and what else it names or a person would read. An
  /// image for this machine that is not there is found by the image's own check.
  private static func files(
    of manifest: PluginManifest, in folder: String
  ) throws(PluginHostError) -> [String] {
    var names = ["plugin.json"]
    let others = ["README.md", manifest.icon, manifest.changes].compactMap { $0 }
    for name in manifest.library.values.sorted() + others
    where !names.contains(name) && access(folder + "/" + name, F_OK) == 0 {
      let isImage = manifest.library.values.contains(name)
      close(try open(name, in: folder, atMost: isImage ? LoadedImage.mostBytes : smallFile))
      names.append(name)
    }
    return names
  }

  private static func read(
    _ name: String, in folder: String, atMost limit: Int
  ) throws(PluginHostError) -> [UInt8] {
    let file = try open(name, in: folder, atMost: limit)
    defer { close(file) }
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      var failure: Int32 = 0
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        let got = Glibc.read(file, buffer.baseAddress, buffer.count)
        failure = got < 0 ? errno : 0
        count = max(0, got)
      }
      if failure == EINTR { continue }
      guard failure == 0 else {
        throw PluginHostError(
          code: "file_unreadable", message: "\(folder)/\(name): \(systemText(failure))")
      }
      if part.isEmpty { return bytes }
      bytes += part
    }
    throw tooLarge(name, folder, limit)
  }

  /// Opens a plain file of the folder; a link may lead to another one of it and nowhere else.
  private static func open(
    _ name: String, in folder: String, atMost limit: Int
  ) throws(PluginHostError) -> Int32 {
    let path = folder + "/" + name
    guard let real = realPath(path) else {
      throw PluginHostError(
        code: name == "plugin.json" ? "manifest_unreadable" : "file_unreadable",
        message: "\(path) cannot be read: \(systemText(errno)); a plugin's folder has a "
          + "plugin.json and the files it names")
    }
    guard real.hasPrefix(folder == "/" ? "/" : folder + "/") else {
      throw PluginHostError(
        code: "leads_outside",
        message: "\(path) leads out of the folder, to \(real): put the file itself there")
    }
    let file = Glibc.open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    var status = stat()
    guard file >= 0, fstat(file, &status) == 0 else {
      throw PluginHostError(
        code: "file_unreadable", message: "\(path) cannot be read: \(systemText(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) <= limit else {
      close(file)
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw PluginHostError(code: "file_unreadable", message: "\(path) is no plain file")
      }
      throw tooLarge(name, folder, limit)
    }
    return file
  }

  private static func tooLarge(_ name: String, _ folder: String, _ limit: Int) -> PluginHostError {
    PluginHostError(
      code: "file_too_large",
      message: "\(folder)/\(name) is over \(limit >> 20) MiB, the most it may have")
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// A manifest, a README, an icon: written by people.
  private static let smallFile = 4 << 20
}

// SPDX-License-Identifier: Apache-2.0
//
// Which plugins a host is to have.

import Glibc
import Pipeline
import Values

/// The plugin folders of a host: the bundled ones, more folders, and what a set file lists.
///
/// Without a set file all bundled plugins are in it; with one, the listed ones only, bundled ones
/// by their id. More folders are always added; each is a plugin's folder or holds such folders.
package struct PluginSet: Sendable, Hashable {
  /// One line of a set file.
  package enum Entry: Sendable, Hashable {
    /// A plugin's folder, absolute or relative to the file.
    case path(String)
    /// A bundled plugin.
    case bundled(PluginID)
  }

  /// The folder of the bundled plugins' folders; nil when there is none.
  package var bundledFolder: String?
  package var extraFolders: [String]
  /// What the set file lists; nil without one.
  package var entries: [Entry]?

  package init(
    bundledFolder: String? = PluginSet.installedFolder, extraFolders: [String] = [],
    entries: [Entry]? = nil
  ) {
    self.bundledFolder = bundledFolder
    self.extraFolders = extraFolders
    self.entries = entries
  }

  /// Reads a set file: `{"format": 1, "plugins": [{"path": "…"}, {"id": "http"}]}`.
  ///
  /// **Throws** `plugin_set_unreadable`, `plugin_set_invalid` with what is wrong where.
  package mutating func read(file path: String) throws(PluginHostError) {
    guard let bytes = readFile(path, limit: 1 << 20) else {
      throw PluginHostError(
        code: "plugin_set_unreadable", message: "\(path) cannot be read: \(systemText(errno))")
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
      throw Self.invalid(path, "\(error)")
    }
    entries = try Self.entries(value, file: path, folder: folder)
  }

  /// `plugins` beside the host's program, else `../lib/jackfield/plugins` from there; nil when
  /// neither is a folder.
  package static var installedFolder: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let program = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let slash = program.lastIndex(of: "/") else { return nil }
    let folder = program[..<slash]
    return ["\(folder)/plugins", "\(folder)/../lib/jackfield/plugins"].first(where: isFolder)
  }

  /// The worker program.
  package static var workerProgram: String { program("jackfield-worker") }

  /// The program that tries plugins out.
  package static var probeProgram: String { program("jackfield-probe") }

  /// A program of this build: beside the host's, or in `../lib/jackfield` from there.
  private static func program(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
    let program = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? "."
    let beside = "\(folder)/\(name)"
    let inLibrary = "\(folder)/../lib/jackfield/\(name)"
    return access(beside, X_OK) != 0 && access(inLibrary, X_OK) == 0 ? inLibrary : beside
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  // MARK: The set file

  private static func entries(
    _ value: JSONValue, file: String, folder: String
  ) throws(PluginHostError) -> [Entry] {
    guard let object = value.asObject else { throw invalid(file, "it is no object") }
    try check(object, ["format", "plugins", "note"], file, "the document")
    guard object["format"] == .integer(1) else {
      throw invalid(file, "\"format\" must be 1, the only one this version reads")
    }
    guard let list = object["plugins"]?.asList else {
      throw invalid(file, "\"plugins\" must be a list, of {\"path\": …} and {\"id\": …}")
    }
    var entries: [Entry] = []
    for (index, element) in list.enumerated() {
      entries.append(try entry(element, "element \(index) of \"plugins\"", file, folder))
    }
    return entries
  }

  private static func entry(
    _ value: JSONValue, _ place: String, _ file: String, _ folder: String
  ) throws(PluginHostError) -> Entry {
    guard let object = value.asObject else { throw invalid(file, "\(place) is no object") }
    try check(object, ["path", "id", "note"], file, place)
    switch (object["path"], object["id"]) {
    case (.text(let path)?, nil) where !path.isEmpty:
      return .path(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    case (nil, .text(let id)?) where !id.isEmpty:
      return .bundled(PluginID(id))
    default:
      throw invalid(
        file, "\(place) needs one text: \"path\" of a folder, or \"id\" of a bundled plugin")
    }
  }

  private static func check(
    _ object: JSONObject, _ known: [String], _ file: String, _ place: String
  ) throws(PluginHostError) {
    for name in object.names where !known.contains(name) {
      throw invalid(
        file, "\(place) has the unknown key \"\(name)\"" + Suggestion.text(for: name, among: known))
    }
  }

  private static func invalid(_ file: String, _ text: String) -> PluginHostError {
    PluginHostError(code: "plugin_set_invalid", message: "\(file): \(text)")
  }
}

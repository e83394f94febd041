// SPDX-License-Identifier: Apache-2.0
// A plugin's shared object in this process.
import CJackfield
import Glibc

/// A loaded image and what its entry point handed out.
///
/// **Isolation**: loaded on the entry thread; the table may be read by any.
/// **Ownership**: an image is never unloaded (unloading a Swift image crashes the process later).
package struct PluginImage {
  /// The file as a person knows it, for messages.
  package let file: String
  package let plugin: UnsafePointer<jf_plugin>
  /// The entry point, for a checker that asks it again; nil for a table that came otherwise.
  package let entry: Entry?

  package typealias Entry = @convention(c) (UInt32) -> UnsafePointer<jf_plugin>?

  /// Loads the image behind an open descriptor: what was hashed is what is mapped.
  ///
  /// **Throws**: `dlopen_failed`, `no_entry`, `entry_refused`, `abi_major`, `abi_minor`,
  /// `table_incomplete`.
  package static func load(
    descriptor: Int32, file: String
  ) throws(LoadError) -> PluginImage {
    try load(path: "/proc/self/fd/\(descriptor)", file: file)
  }

  /// Loads the image at a path.
  package static func load(path: String) throws(LoadError) -> PluginImage {
    // Without a slash the dynamic linker would search its own folders.
    try load(path: path.contains("/") ? path : "./" + path, file: path)
  }

  private static func load(path: String, file: String) throws(LoadError) -> PluginImage {
    guard let image = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
      throw LoadError(
        code: .dlopenFailed,
        message: "\(file) cannot be loaded: \(reason): check its architecture and the libraries "
          + "it needs")
    }
    guard let symbol = dlsym(image, JF_PLUGIN_ENTRY_SYMBOL) else {
      throw LoadError(
        code: .noEntry,
        message: "\(file) exports no \(JF_PLUGIN_ENTRY_SYMBOL): export it, or build the plugin "
          + "for ABI \(ABIVersion.host.major)")
    }
    // Safe because: the symbol's name is the promise of exactly this signature (plugin.h).
    let entry = unsafeBitCast(symbol, to: Entry.self)
    guard let plugin = entry(UInt32(ABIVersion.host.minor)) else {
      throw LoadError(
        code: .entryRefused,
        message: "\(file) refused to load in a host of ABI \(ABIVersion.host): install a build "
          + "of the plugin for this host")
    }
    return try PluginImage(file: file, checking: plugin, entry: entry)
  }

  /// Checks the version before anything else is read: another version may look different.
  init(
    file: String, checking plugin: UnsafePointer<jf_plugin>, entry: Entry? = nil
  ) throws(LoadError) {
    self.file = file
    self.plugin = plugin
    self.entry = entry
    let raw = UnsafeRawPointer(plugin)
    try ABIVersion(
      major: raw.load(fromByteOffset: 4, as: UInt16.self),
      minor: raw.load(fromByteOffset: 6, as: UInt16.self)
    ).check(file: file)
    try checkTable(
      raw, "jf_plugin", MemoryLayout<jf_plugin>.size, functions: [8, 16, 24], in: file)
  }
}

/// Checks that a table of a plugin is as large as this version's and has no null function in it.
func checkTable(
  _ table: UnsafeRawPointer, _ name: String, _ size: Int, functions: [Int], in file: String
) throws(LoadError) {
  let said = Int(table.load(as: UInt32.self))
  guard said >= size else {
    throw LoadError(
      code: .tableIncomplete,
      message: "\(file): its \(name) says \(said) bytes, ABI \(ABIVersion.host) has \(size): set "
        + "`size` to sizeof the struct")
  }
  for offset in functions where table.load(fromByteOffset: offset, as: UInt.self) == 0 {
    throw LoadError(
      code: .tableIncomplete,
      message: "\(file): the function at byte \(offset) of its \(name) is null: every function "
        + "has to be there")
  }
}
